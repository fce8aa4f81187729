#pragma once

#include "gui/activity/activity_page.h"
#include "gui/send/send_pages.h"
#include "gui/start/start_page.h"
#include "gui/welcome/welcome_page.h"
#include "gui/window/node_row.h"
#include "gui/window/wallet_switcher.h"
#include "gui/window/window.h"
#include "gui/window/worker_bar.h"

G_BEGIN_DECLS

/* Unless it has the whole window. */
#define SIDEBAR_WIDTH 240

struct _GuiWindow {
  AdwApplicationWindow parent_instance;

  GuiSession *session;
  char *datadir;
  GuiWelcomePage *welcome;
  GuiSendPages *send;
  GuiActivityPage *activity;
  GtkWidget *payment; /* the payment details shown above a page; NULL: none */
  GtkWidget *opener;  /* what had the focus before; a weak pointer */
  char *page;         /* the page chosen in the sidebar */
  char *page_title;   /* what it does now; NULL: its own title */
  gboolean built;
  gboolean narrow;    /* no room for the network beside the title */
  guint header_tick;  /* the header bars are updated before the next frame */
  gboolean launching; /* a session is about to be started */
  gboolean choosing;  /* another network, over the pages */
  gboolean asking;    /* whether to leave, although a payment was entered */
  gboolean leaving;   /* the window closes without asking */

  AdwToastOverlay *toasts;
  GtkStack *root;
  GuiStartPage *start_page;
  AdwLeaflet *leaflet;
  GtkWidget *sidebar;
  GtkWidget *content;
  AdwHeaderBar *sidebar_header;
  AdwHeaderBar *content_header;
  GuiWalletSwitcher *wallet_switcher;
  GtkListBox *page_list;
  GuiNodeRow *node_row;
  AdwWindowTitle *title;
  AdwWindowTitle *sidebar_title;
  GtkWidget *back_button;
  GtkLabel *network_tag;
  GtkLabel *node_tag;
  GtkToggleButton *hide_button;
  GuiWorkerBar *worker_bar;
  GtkStack *pages;
};

/* window_pages.c: sidebar, header bar and pages. */

/* Binds their parts of the template. */
void gui_window_pages_class_init (GtkWidgetClass *widget_class);

void gui_window_pages_init (GuiWindow *self);

/* Creates them, once the wallet to show and the network are known. */
void gui_window_pages_build (GuiWindow *self);

/* Removes them, before another session is shown. */
void gui_window_pages_clear (GuiWindow *self);

/* Whether a payment was entered, for any wallet, that was not sent. */
gboolean gui_window_pages_are_filled (GuiWindow *self);

/* Whether there is no room for the network's tag beside the title. */
void gui_window_pages_set_narrow (GuiWindow *self, gboolean narrow);

/* Moves the focus to where the user goes on: the shown page, or the sidebar when it is alone. */
void gui_window_pages_take_focus (GuiWindow *self);

/* Sets the title in the header bar until another page is shown. */
void gui_window_pages_set_title (GuiWindow *self, const char *title);

/* The handlers of the actions; no effect before the pages are created. */
void gui_window_pages_show (GuiWindow *self, const char *page);
void gui_window_pages_start_payment (GuiWindow *self);
void gui_window_pages_search (GuiWindow *self);
void gui_window_pages_show_payment (GuiWindow *self, GVariant *txid);
void gui_window_pages_close_payment (GuiWindow *self);
void gui_window_pages_go_back (GuiWindow *self);

G_END_DECLS
