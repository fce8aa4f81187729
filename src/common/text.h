#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Texts that may contain U+0000 as C strings: it is the two bytes C0 80 in them. UTF-8 has no other use for these, so that
 * nothing is lost, cut off or mistaken for it. Any thread. */

#define COMMON_TEXT_ZERO "\xc0\x80"

/* In bytes, where U+0000 is one. */
gsize common_text_len (const char *text);
/* Zero bytes become U+0000. The caller owns it. */
char *common_text_from_bytes (const char *bytes, gsize len);
/* The reverse: *LEN bytes, followed by a zero byte that is not counted. The caller owns them. */
char *common_text_to_bytes (const char *text, gsize *len);
/* Like strcmp() of the bytes: U+0000 comes before everything else. */
int common_text_compare (const char *a, const char *b);
/* TEXT for programs that need UTF-8: U+0000 is shown as U+2400, everything else that is not UTF-8 as U+FFFD. The caller
 * owns it. */
char *common_text_dup_shown (const char *text);

/* ---- what a person sees ---- */

/* Whether UTF8 has no invisible characters, such as those for the text direction: with them a text can be displayed in
 * another order, or look like another text. Right-to-left letters are visible, and the joiners that are used within words
 * and emoji are allowed. */
gboolean common_text_is_visible (const char *utf8);

G_END_DECLS
