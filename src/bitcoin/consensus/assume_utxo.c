#include "bitcoin/consensus/assume_utxo.h"

#include "common/hex.h"

static const BtcAssumeUtxo main_list[] = {
  { 840000, "0000000000000000000320283a032748cef8227873ff4872689bf23f1cda83a5",
    "a2a5521b1b5ab65f67818e5e8eccabb7171a517f9e2382208f77687310768f96", 991032194 },
  { 880000, "000000000000000000010b17283c3c400507969a9c2afd1dcf2082ec5cca2880",
    "dbd190983eaf433ef7c15f78a278ae42c00ef52e0fd2a54953782175fbadcea9", 1145604538 },
  { 910000, "0000000000000000000108970acb9522ffd516eae17acddcb1bd16469194a821",
    "4daf8a17b4902498c5787966a2b51c613acdab5df5db73f196fa59a4da2f1568", 1226586151 },
  { 935000, "0000000000000000000147034958af1652b2b91bba607beacc5e72a56f0fb5ee",
    "e4b90ef9eae834f56c4b64d2d50143cee10ad87994c614d7d04125e2a6025050", 1305397408 },
};

static const BtcAssumeUtxo test_list[] = {
  { 2500000, "0000000000000093bcb68c03a9a168ae252572d348a2eaeba2cdf9231d73206f",
    "f841584909f68e47897952345234e37fcd9128cd818f41ee6c3ca68db8071be7", 66484552 },
  { 4840000, "00000000000000f4971a7fb37fbdff89315b69a2e1920c467654a382f0d64786",
    "ce6bb677bb2ee9789c4a1c9d73e6683c53fc20e8fdbedbdaaf468982a0c8db2a", 536078574 },
};

static const BtcAssumeUtxo testnet4_list[] = {
  { 90000, "0000000002ebe8bcda020e0dd6ccfbdfac531d2f6a81457191b99fc2df2dbe3b",
    "784fb5e98241de66fdd429f4392155c9e7db5c017148e66e8fdbc95746f8b9b5", 11347043 },
  { 120000, "000000000bd2317e51b3c5794981c35ba894ce27d3e772d5c39ecd9cbce01dc8",
    "10b05d05ad468d0971162e1b222a4aa66caca89da2bb2a93f8f37fb29c4794b0", 14141057 },
};

static const BtcAssumeUtxo signet_list[] = {
  { 160000, "0000003ca3c99aff040f2563c2ad8f8ec88bd0fd6b8f0895cfaf1ef90353a62c",
    "fe0a44309b74d6b5883d246cb419c6221bcccf0b308c9b59b7d70783dbdf928a", 2289496 },
  { 290000, "0000000577f2741bb30cd9d39d6d71b023afbeb9764f6260786a97969d5c9ac0",
    "97267e000b4b876800167e71b9123f1529d13b14308abec2888bbd2160d14545", 28547497 },
};

static const BtcAssumeUtxo regtest_list[] = {
  { 110, "135eec25a6fb277884e5824e7aa7d052c4868161c99a5122170b5266f86c273d",
    "86e9a1205b418b16dde3a18a78c730e30137e28466bda5dbf6b33ab8fc05447c", 111 },
  { 200, "385901ccbd69dff6bbd00065d01fb8a9e464dede7cfe0372443884f9b1dcf6b9",
    "17dcc016d188d16068907cdeb38b75691a118d43053b8cd6a25969419381d13a", 201 },
  { 299, "0c552ced4721c249a389eb9b08cb8da261cd46f0e7b5f9d064d48f3113406853",
    "106b2c56233e378a824cf0d5ff2be42ed32c72f1605c9be288d00942908a40ac", 334 },
};

const BtcAssumeUtxo *
btc_assume_utxo_list (BtcNetwork network, gsize *n)
{
  static const struct {
    const BtcAssumeUtxo *list;
    gsize n;
  } lists[BTC_N_NETWORKS] = {
    [BTC_NETWORK_MAIN] = { main_list, G_N_ELEMENTS (main_list) },
    [BTC_NETWORK_TEST] = { test_list, G_N_ELEMENTS (test_list) },
    [BTC_NETWORK_TESTNET4] = { testnet4_list, G_N_ELEMENTS (testnet4_list) },
    [BTC_NETWORK_SIGNET] = { signet_list, G_N_ELEMENTS (signet_list) },
    [BTC_NETWORK_REGTEST] = { regtest_list, G_N_ELEMENTS (regtest_list) },
  };

  *n = lists[network].n;
  return lists[network].list;
}

const BtcAssumeUtxo *
btc_assume_utxo_find (const BtcAssumeUtxo *list, gsize n, const guint8 hash32[32])
{
  g_autofree char *hash = common_hex_encode_reversed (hash32, 32);

  for (gsize i = 0; i < n; i++)
    if (g_str_equal (list[i].block_hash, hash))
      return &list[i];
  return NULL;
}
