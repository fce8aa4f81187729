#include "gui/models/call_text.h"

#include <glib/gi18n.h>
#include <string.h>

#define WALLETS "/org/moneyrocket/wallets/"
#define PROPERTIES "org.freedesktop.DBus.Properties"

/* Translators: %1$s is who sends a message, at the start of a sentence ("The application"), %2$s who gets it ("the
 * wallet"). */
static const struct {
  const char *name; /* the interface after its last full stop, and the member */
  const char *sentence;
} sentences[] = {
  { "Chain1.EstimateFee", N_ ("%1$s asked %2$s which fee is usual now") },
  { "Chain1.FindFork", N_ ("%1$s asked %2$s for the last block that both know") },
  { "Chain1.GetAncestors", N_ ("%1$s asked %2$s which unconfirmed payments another one depends on") },
  { "Chain1.GetBlock", N_ ("%1$s asked %2$s for a block") },
  { "Chain1.GetBlocks", N_ ("%1$s asked %2$s for the next blocks") },
  { "Chain1.GetEvents", N_ ("%1$s asked %2$s to say when something happens") },
  { "Chain1.GetHash", N_ ("%1$s asked %2$s for the ID of a block") },
  { "Chain1.GetMempool", N_ ("%1$s asked %2$s for the unconfirmed payments") },
  { "Chain1.GetTip", N_ ("%1$s asked %2$s for the last block") },
  { "Chain1.SetWallets", N_ ("%1$s told %2$s which wallets are open") },
  { "Chain1.Submit", N_ ("%1$s asked %2$s to pass on a payment") },
  { "Chain1.TipChanged", N_ ("%1$s told %2$s that there is a new block") },
  { "Init1.AttachPeer", N_ ("%1$s connected %2$s with another program") },
  { "Init1.Cancel", N_ ("%1$s told %2$s that a request is no longer needed") },
  { "Init1.Hello", N_ ("%1$s introduced itself to %2$s") },
  { "Init1.PeerClosed", N_ ("%1$s told %2$s that a connection was lost") },
  { "Init1.Shutdown", N_ ("%1$s asked %2$s to finish") },
  { "Node1.Generate", N_ ("%1$s asked %2$s to mine blocks") },
  { "Node1.ListBlocks", N_ ("%1$s asked %2$s for a list of blocks") },
  { "Node1.TipChanged", N_ ("%1$s told %2$s that there is a new block") },
  { "ObjectManager.GetManagedObjects", N_ ("%1$s asked %2$s which wallets are open") },
  { "ObjectManager.InterfacesAdded", N_ ("%1$s told %2$s that a wallet was opened") },
  { "ObjectManager.InterfacesRemoved", N_ ("%1$s told %2$s that a wallet was closed") },
  { "Operation1.Cancel", N_ ("%1$s asked %2$s to end a long piece of work") },
  { "Operation1.Finished", N_ ("%1$s told %2$s that a long piece of work is done") },
  { "Rpc1.Complete", N_ ("%1$s asked %2$s which commands begin like this") },
  { "Rpc1.Execute", N_ ("%1$s asked %2$s to run a command") },
  { "Rpc1.Help", N_ ("%1$s asked %2$s what a command does") },
  { "Spend1.Abandon", N_ ("%1$s asked %2$s to give up a payment") },
  { "Spend1.CreateDraft", N_ ("%1$s asked %2$s to prepare a payment") },
  { "Spend1.Discard", N_ ("%1$s asked %2$s to drop a prepared payment") },
  { "Spend1.FeeChoices", N_ ("%1$s asked %2$s which fees can be chosen") },
  { "Spend1.GetPayment", N_ ("%1$s asked %2$s what became of a payment") },
  { "Spend1.Send", N_ ("%1$s asked %2$s to send a payment") },
  { "Wallet1.Changed", N_ ("%1$s told %2$s that a wallet has changed") },
  { "Wallet1.GetTransaction", N_ ("%1$s asked %2$s for the details of a payment") },
  { "Wallet1.ListAddresses", N_ ("%1$s asked %2$s for its addresses") },
  { "Wallet1.ListBalances", N_ ("%1$s asked %2$s how the balance has changed") },
  { "Wallet1.ListHistory", N_ ("%1$s asked %2$s for a list of payments") },
  { "Wallet1.NewAddress", N_ ("%1$s asked %2$s for a new address") },
  { "Wallet1.SetLabel", N_ ("%1$s asked %2$s to label an address") },
  { "Wallet1.SetPaymentLabel", N_ ("%1$s asked %2$s to label a payment") },
  { "WalletManager1.Create", N_ ("%1$s asked %2$s to create a wallet") },
  { "WalletManager1.List", N_ ("%1$s asked %2$s which wallets there are") },
  { "WalletManager1.Load", N_ ("%1$s asked %2$s to open a wallet") },
  { "WalletManager1.Unload", N_ ("%1$s asked %2$s to close a wallet") },
};

const char *
gui_call_text_title (GuiProcess process)
{
  switch (process) {
  case GUI_PROCESS_APPLICATION:
    return _ ("Application");
  case GUI_PROCESS_NODE:
    return _ ("Node");
  case GUI_PROCESS_WALLET:
    return _ ("Wallet");
  case GUI_PROCESS_OTHER:
    return _ ("Another program");
  }
  return "";
}

static const char *
call_text_subject (GuiProcess process)
{
  switch (process) {
  case GUI_PROCESS_APPLICATION:
    return _ ("The application");
  case GUI_PROCESS_NODE:
    return _ ("The node");
  case GUI_PROCESS_WALLET:
    return _ ("The wallet");
  case GUI_PROCESS_OTHER:
    return _ ("Another program");
  }
  return "";
}

static const char *
call_text_object (GuiProcess process)
{
  switch (process) {
  case GUI_PROCESS_APPLICATION:
    return _ ("the application");
  case GUI_PROCESS_NODE:
    return _ ("the node");
  case GUI_PROCESS_WALLET:
    return _ ("the wallet");
  case GUI_PROCESS_OTHER:
    return _ ("another program");
  }
  return "";
}

/* For the figures of an object, which have the same members everywhere. */
static const char *
call_text_of_figures (const char *member, const char *path)
{
  gboolean wallet = g_str_has_prefix (path, WALLETS);

  if (g_str_equal (member, "PropertiesChanged"))
    return wallet ? N_ ("%1$s told %2$s the balance") : N_ ("%1$s told %2$s how it is doing");
  if (g_str_equal (member, "Get"))
    return N_ ("%1$s asked whether %2$s answers");
  return wallet ? N_ ("%1$s asked %2$s for the balance") : N_ ("%1$s asked %2$s how it is doing");
}

static const char *
call_text_find (const char *interface, const char *member, const char *path)
{
  const char *dot = strrchr (interface, '.');
  g_autofree char *name = g_strdup_printf ("%s.%s", dot != NULL ? dot + 1 : interface, member);

  if (g_str_equal (interface, PROPERTIES))
    return call_text_of_figures (member, path);
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (sentences[i].name, name))
      return sentences[i].sentence;
  return NULL;
}

char *
gui_call_text_dup_sentence (GuiProcess from, GuiProcess to, const char *interface, const char *member, const char *path)
{
  const char *sentence = call_text_find (interface, member, path);

  if (sentence != NULL)
    return g_strdup_printf (_ (sentence), call_text_subject (from), call_text_object (to));
  /* Translators: %1$s is who sends a message ("The application"), %2$s who gets it ("the wallet"), %3$s its name. */
  return g_strdup_printf (_ ("%1$s sent %2$s the message %3$s"), call_text_subject (from), call_text_object (to),
                          member);
}

char *
gui_call_text_dup_duration (gint64 duration_us)
{
  if (duration_us < 10000)
    /* Translators: milliseconds. */
    return g_strdup_printf (_ ("%.1f\u202fms"), duration_us / 1000.0);
  if (duration_us < G_USEC_PER_SEC)
    return g_strdup_printf (_ ("%d\u202fms"), (int) (duration_us / 1000));
  /* Translators: seconds. */
  return g_strdup_printf (_ ("%.1f\u202fs"), duration_us / 1e6);
}
