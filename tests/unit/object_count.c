#include "object_count.h"

#define MAX_TYPES 32
#define SETTLED_US (G_USEC_PER_SEC / 2)

typedef struct {
  GType type;
  int alive;
  void (*constructed) (GObject *object);
  void (*finalize) (GObject *object);
} CountedType;

static CountedType counted[MAX_TYPES];
static guint n_counted;

static CountedType *
counted_type_of (GObject *object)
{
  for (guint i = 0; i < n_counted; i++)
    if (counted[i].type == G_OBJECT_TYPE (object))
      return &counted[i];
  g_assert_not_reached ();
}

static void
count_constructed (GObject *object)
{
  CountedType *type = counted_type_of (object);

  g_atomic_int_inc (&type->alive);
  type->constructed (object);
}

static void
count_finalize (GObject *object)
{
  CountedType *type = counted_type_of (object);

  g_atomic_int_add (&type->alive, -1);
  type->finalize (object);
}

void
object_count_watch (GType type)
{
  GObjectClass *klass = g_type_class_ref (type); /* for good */

  g_assert_cmpuint (n_counted, <, MAX_TYPES);
  counted[n_counted++] = (CountedType){ type, 0, klass->constructed, klass->finalize };
  klass->constructed = count_constructed;
  klass->finalize = count_finalize;
}

static GArray *
object_counts_new (void)
{
  GArray *counts = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < n_counted; i++) {
    int alive = g_atomic_int_get (&counted[i].alive);
    g_array_append_val (counts, alive);
  }
  return counts;
}

static gboolean
is_as_before (const GArray *before)
{
  g_autoptr (GArray) now = object_counts_new ();

  for (guint i = 0; i < now->len; i++)
    if (g_array_index (now, int, i) != g_array_index (before, int, i))
      return FALSE;
  return TRUE;
}

static void
count_iterate (void)
{
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (100);
}

GArray *
object_count_settle (void)
{
  GArray *counts = object_counts_new ();
  gint64 since = g_get_monotonic_time ();

  while (g_get_monotonic_time () < since + SETTLED_US) {
    count_iterate ();
    if (is_as_before (counts))
      continue;
    g_array_unref (counts);
    counts = object_counts_new ();
    since = g_get_monotonic_time ();
  }
  return counts;
}

void
object_count_wait (const GArray *before)
{
  gint64 limit = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  while (!is_as_before (before)) {
    if (g_get_monotonic_time () > limit) {
      for (guint i = 0; i < n_counted; i++)
        g_test_message ("%s: %d, before %d", g_type_name (counted[i].type), g_atomic_int_get (&counted[i].alive),
                        g_array_index (before, int, i));
      g_assert_not_reached ();
    }
    count_iterate ();
  }
}
