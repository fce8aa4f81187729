/* Records of the block index: a record that is parsed can be written and parsed again without a difference. */
#include <stdlib.h>
#include <string.h>

#include "node/store/block_index_db.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize len);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  g_autoptr (GByteArray) again = g_byte_array_new ();
  NodeBlockRecord record, record2;
  NodeBlockFileInfo info = { 0 }, info2 = { 0 };

  if (node_block_record_parse (data, len, &record)) {
    node_block_record_serialize (&record, again);
    if (!node_block_record_parse (again->data, again->len, &record2) || memcmp (&record, &record2, sizeof record) != 0)
      abort ();
  }
  g_byte_array_set_size (again, 0);
  if (node_block_file_info_parse (data, len, &info)) {
    node_block_file_info_serialize (&info, again);
    if (!node_block_file_info_parse (again->data, again->len, &info2) || memcmp (&info, &info2, sizeof info) != 0)
      abort ();
  }
  return 0;
}
