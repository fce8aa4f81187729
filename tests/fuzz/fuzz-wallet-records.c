/* Records of wallet.dat: a record that is parsed is written and parsed again without a difference. */
#include "wallet/store/record_descriptor.h"
#include "wallet/store/record_tx.h"
#include "wallet/store/record.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (WalletTxRecord) record = wallet_tx_record_parse (data, size);
  g_autoptr (GByteArray) locator = wallet_record_read_locator (data, size);
  WalletDescriptorRecord descriptor = { NULL };

  if (record != NULL) {
    g_autoptr (GByteArray) once = wallet_tx_record_write (record);
    g_autoptr (WalletTxRecord) again = wallet_tx_record_parse (once->data, once->len);
    g_assert_nonnull (again);
    g_autoptr (GByteArray) twice = wallet_tx_record_write (again);
    g_assert_cmpmem (once->data, once->len, twice->data, twice->len);
  }
  if (locator != NULL)
    g_byte_array_unref (wallet_record_value_locator (locator->data, locator->len / 32));
  if (wallet_descriptor_record_parse (&descriptor, data, size)) {
    g_byte_array_unref (wallet_descriptor_record_write (&descriptor));
    wallet_descriptor_record_clear (&descriptor);
  }
  return 0;
}
