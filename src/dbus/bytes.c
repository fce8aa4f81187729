#include "dbus/bytes.h"

GVariant *
bus_bytes_new (const guint8 *data, gsize len)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, len, 1);
}
