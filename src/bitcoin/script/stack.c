/* The stacks of the interpreter and the values on them. */
#include "bitcoin/script/machine.h"

#include <string.h>

void
btc_stack_push_copy (BtcStack *stack, const guint8 *data, gsize len)
{
  BtcElement *element = &stack->slots[stack->n++];

  g_assert (len <= sizeof element->small);
  element->data = NULL;
  element->len = len;
  memcpy (element->small, data, len);
}

void
btc_stack_push_bool (BtcStack *stack, gboolean value)
{
  BtcElement *element = &stack->slots[stack->n++];

  element->data = NULL;
  element->len = value ? 1 : 0;
  element->small[0] = 1;
}

void
btc_stack_push_number (BtcStack *stack, gint64 number)
{
  BtcElement *element = &stack->slots[stack->n++];
  guint64 rest = number < 0 ? -(guint64) number : (guint64) number;
  guint32 len = 0;

  for (; rest > 0; rest >>= 8)
    element->small[len++] = rest & 0xff;
  if (len > 0 && element->small[len - 1] & 0x80)
    element->small[len++] = 0;
  if (number < 0)
    element->small[len - 1] |= 0x80;
  element->data = NULL;
  element->len = len;
}

void
btc_stack_remove (BtcStack *stack, guint32 i)
{
  BtcElement *gone = btc_stack_top (stack, i);

  memmove (gone, gone + 1, (i - 1) * sizeof *gone);
  stack->n--;
}

void
btc_stack_to_alt (BtcStack *stack)
{
  stack->slots[BTC_STACK_SLOTS - 1 - stack->n_alt] = stack->slots[stack->n - 1];
  stack->n--;
  stack->n_alt++;
}

void
btc_stack_from_alt (BtcStack *stack)
{
  stack->slots[stack->n] = stack->slots[BTC_STACK_SLOTS - stack->n_alt];
  stack->n++;
  stack->n_alt--;
}

gboolean
btc_element_is_true (const BtcElement *element)
{
  BtcSpan span = btc_element_span (element);

  /* Zero of any length is false, and so is negative zero. */
  for (gsize i = 0; i < span.len; i++)
    if (span.data[i] != 0)
      return !(i == span.len - 1 && span.data[i] == 0x80);
  return FALSE;
}

gboolean
btc_element_read_number (const BtcElement *element, gboolean minimal, gsize max_len, gint64 *number)
{
  BtcSpan span = btc_element_span (element);
  guint64 magnitude = 0;
  guint8 last;

  if (span.len > max_len)
    return FALSE;
  *number = 0;
  if (span.len == 0)
    return TRUE;
  last = span.data[span.len - 1];
  /* A last byte without value bits is needed only for the sign, when the byte below uses all of its bits. */
  if (minimal && (last & 0x7f) == 0 && (span.len == 1 || !(span.data[span.len - 2] & 0x80)))
    return FALSE;
  for (gsize i = 0; i < span.len; i++)
    magnitude |= (guint64) (i == span.len - 1 ? last & 0x7f : span.data[i]) << (8 * i);
  *number = last & 0x80 ? -(gint64) magnitude : (gint64) magnitude;
  return TRUE;
}

BtcScriptError
btc_finish_bool (BtcMachine *machine, gboolean value, gboolean verify, BtcScriptError error)
{
  if (verify)
    return value ? BTC_SCRIPT_ERR_OK : error;
  btc_stack_push_bool (machine->stack, value);
  return BTC_SCRIPT_ERR_OK;
}
