#include "bitcoin/consensus/verdict.h"

gboolean
btc_verdict_fail (BtcVerdict *verdict, BtcVerdictClass how, const char *reason, const char *format, ...)
{
  va_list args;

  verdict->verdict = how;
  verdict->reason = reason;
  verdict->debug[0] = '\0';
  if (format != NULL) {
    va_start (args, format);
    g_vsnprintf (verdict->debug, sizeof verdict->debug, format, args);
    va_end (args);
  }
  return FALSE;
}

void
btc_verdict_clear (BtcVerdict *verdict)
{
  verdict->verdict = BTC_VERDICT_OK;
  verdict->reason = NULL;
  verdict->debug[0] = '\0';
}

char *
btc_verdict_dup_text (const BtcVerdict *verdict)
{
  if (verdict->verdict == BTC_VERDICT_OK)
    return g_strdup ("Valid");
  if (verdict->debug[0] == '\0')
    return g_strdup (verdict->reason);
  return g_strdup_printf ("%s, %s", verdict->reason, verdict->debug);
}
