#include "io/text/text_encoding.h"

#include <gtest/gtest.h>

namespace overland::io {
namespace {

TEST(TextEncoding, Utf8StaysAsItIs) {
  for (const char* text :
       {"", "GENE1", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\xA7\xAC", "a\xC3\xA9z"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(to_utf8(text), text);
  }
}

TEST(TextEncoding, OtherBytesAreWindows1252) {
  EXPECT_EQ(to_utf8("G\xE9n"), "G\xC3\xA9n");
  EXPECT_EQ(to_utf8("5 \x80"), "5 \xE2\x82\xAC");
  EXPECT_EQ(to_utf8("\x81"), "?");
  // Cut, overlong, surrogate, beyond Unicode.
  for (const char* text : {"\xC3", "\xE2\x82", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                           "\xF4\x90\x80\x80", "\xA9"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
    EXPECT_TRUE(is_utf8(to_utf8(text)));
  }
}

}  // namespace
}  // namespace overland::io
