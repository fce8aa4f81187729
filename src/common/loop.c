#include "common/loop.h"

#include "common/clock.h"
#include "common/log.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_FRAMES 48
/* The number of frames of libraries that are shown; those of the program itself are always shown. */
#define SHOWN_FRAMES 4
/* The handler itself, and the signal frame of the kernel. */
#define OWN_FRAMES 2

/* The loop sleeps inside its poll function and works outside of it: a turn is the time between two polls. */
static struct {
  gint64 started_us; /* 0: no turn yet */
  gint64 waited_us;  /* for a processor, when the turn started */
  gint64 paused_us;  /* 0: not paused */
  gint64 left_out_us;
  timer_t timer; /* fires when the iteration has taken too long */
  int schedstat; /* the kernel's scheduling statistics of this thread; -1: not available */
} turn;

static gint watch_poll (GPollFD *fds, guint n, gint timeout_ms);

static void *frames[MAX_FRAMES];
static volatile sig_atomic_t n_frames;

static void
alarm_handler (int number)
{
  n_frames = backtrace (frames, MAX_FRAMES);
}

/* How long this thread has been runnable without a processor. */
static gint64
waited_us (void)
{
  char text[128];
  guint64 waited_ns;
  ssize_t len = turn.schedstat >= 0 ? pread (turn.schedstat, text, sizeof text - 1, 0) : 0;

  if (len <= 0)
    return 0;
  text[len] = '\0';
  return sscanf (text, "%*u %" G_GUINT64_FORMAT, &waited_ns) == 1 ? (gint64) (waited_ns / 1000) : 0;
}

static void
set_alarm (gint64 after_us)
{
  const struct itimerspec when = { .it_value = { .tv_nsec = after_us * 1000 } };

  timer_settime (turn.timer, 0, &when, NULL);
}

/* The backtrace as text, the innermost function first. */
static char *
loop_dup_backtrace (void)
{
  GString *text = g_string_new (NULL);

  Dl_info own;

  if (dladdr (watch_poll, &own) == 0)
    own.dli_fbase = NULL;
  for (int i = OWN_FRAMES; i < n_frames; i++) {
    Dl_info info;

    if (dladdr (frames[i], &info) == 0 || (i >= OWN_FRAMES + SHOWN_FRAMES && info.dli_fbase != own.dli_fbase))
      continue;
    g_string_append (text, text->len > 0 ? " < " : " in ");
    if (info.dli_sname != NULL) {
      g_string_append (text, info.dli_sname);
    } else {
      g_autofree char *name = g_path_get_basename (info.dli_fname);
      g_string_append_printf (text, "%s+0x%zx", name, (gsize) ((char *) frames[i] - (char *) info.dli_fbase));
    }
  }
  return g_string_free (text, FALSE);
}

static void
end_turn (void)
{
  gint64 blocked_us = common_clock_monotonic_us () - turn.started_us - turn.left_out_us;
  g_autofree char *place = NULL;

  if (blocked_us <= COMMON_LOOP_LIMIT_US)
    return;
  blocked_us -= waited_us () - turn.waited_us;
  if (blocked_us <= COMMON_LOOP_LIMIT_US)
    return;
  place = loop_dup_backtrace ();
  common_debug (COMMON_LOG_LOOP, "The main loop was blocked for %.1f ms%s", (double) blocked_us / 1000, place);
}

static gint
watch_poll (GPollFD *fds, guint n, gint timeout_ms)
{
  gint ready;

  set_alarm (0);
  if (turn.started_us != 0)
    end_turn ();
  ready = g_poll (fds, n, timeout_ms);
  n_frames = 0;
  turn.left_out_us = 0;
  turn.waited_us = waited_us ();
  turn.started_us = common_clock_monotonic_us ();
  set_alarm (COMMON_LOOP_LIMIT_US);
  return ready;
}

static gboolean
make_alarm (void)
{
  struct sigaction action = { .sa_handler = alarm_handler, .sa_flags = SA_RESTART };
  struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN };

  event._sigev_un._tid = (pid_t) syscall (SYS_gettid);
  sigemptyset (&action.sa_mask);
  /* The first call loads a library, which a signal handler must not. */
  backtrace (frames, 1);
  return sigaction (SIGRTMIN, &action, NULL) == 0 && timer_create (CLOCK_MONOTONIC, &event, &turn.timer) == 0;
}

void
common_loop_watch (void)
{
  if (!common_log_enabled (COMMON_LOG_LOOP) || !make_alarm ())
    return;
  turn.schedstat = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  g_main_context_set_poll_func (NULL, watch_poll);
}

void
common_loop_pause (void)
{
  if (turn.started_us == 0)
    return;
  set_alarm (0);
  turn.paused_us = common_clock_monotonic_us ();
}

void
common_loop_resume (void)
{
  if (turn.started_us == 0 || turn.paused_us == 0)
    return;
  turn.left_out_us += common_clock_monotonic_us () - turn.paused_us;
  turn.paused_us = 0;
  set_alarm (COMMON_LOOP_LIMIT_US);
}

void
common_loop_invoke (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify free_data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  /* The same priority for all keeps the order. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, free_data);
  g_source_attach (source, context);
}
