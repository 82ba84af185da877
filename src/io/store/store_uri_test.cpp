#include "io/store/store_uri.h"

#include <gtest/gtest.h>

namespace overland::io {
namespace {

TEST(StoreUri, is_told_from_a_path) {
  for (const char* uri : {"s3://bucket/a.mzML", "gs://b", "ftp://x/y", "file:///tmp/a"})
    EXPECT_TRUE(is_uri(uri)) << uri;
  for (const char* path : {"a.mzML", "/data/a", "C:/a", "s3:/bucket/a", "://x", "", "runs/s3://b",
                           "3s://b", "a b://c"})
    EXPECT_FALSE(is_uri(path)) << path;
  EXPECT_TRUE(has_store_scheme("abfss://container@account.dfs.core.windows.net/a"));
  EXPECT_FALSE(has_store_scheme("ftp://x/y"));
  EXPECT_FALSE(has_store_scheme("a.mzML"));
}

struct Shown {
  const char *text, *expected;
};

TEST(StoreUri, is_shown_without_what_may_be_secret) {
  const Shown kCases[] = {
      {"s3://AKIA:secret@bucket/a.mzML", "s3://bucket/a.mzML"},
      {"s3://AKIA:sec%2Fret@bucket/a@b.mzML", "s3://bucket/a@b.mzML"},
      {"s3://AKIA:sec/ret/9@bucket/a.mzML", "s3://bucket/a.mzML"},
      {"s3://bucket/a@b.mzML", "s3://bucket/a@b.mzML"},
      {"s3://bucket:9000/a@b.mzML", "s3://bucket:9000/a@b.mzML"},
      {"s3://b/a?secret_key=x&region=r&scheme=http&session_token=y&endpoint_override=h:1",
       "s3://b/a?region=r&scheme=http&endpoint_override=h:1"},
      {"s3://b/a?secret_key=x", "s3://b/a"},
      {"gs://anonymous@b/a", "gs://anonymous@b/a"},
      {"gs://token@b/a", "gs://b/a"},
      {"abfs://container:pass@account.dfs.core.windows.net/a",
       "abfs://container@account.dfs.core.windows.net/a"},
      {"abfs://:pass@account/a?sas_token=s", "abfs://account/a"},
      {"https://user:pass@koina.org/v2?x=1", "https://koina.org/v2?x=1"},
      {"overland search --library=s3://K:S@b/l.tsv 's3://K:S@b/r' --out out",
       "overland search --library=s3://b/l.tsv 's3://b/r' --out out"},
      {"no URI at all: a://", "no URI at all: a://"},
      {"", ""}};
  for (const Shown& each : kCases) EXPECT_EQ(without_secrets(each.text), each.expected);
}

TEST(StoreUri, has_a_name_and_objects_below_it) {
  EXPECT_EQ(name_in_uri("s3://K:S@bucket/folder/a.mzML?region=x"), "a.mzML");
  EXPECT_EQ(name_in_uri("s3://bucket/folder/"), "folder");
  EXPECT_EQ(name_in_uri("s3://bucket"), "bucket");
  for (const char* uri : {"s3://", "s3://bucket/..", "s3://bucket/./"})
    EXPECT_EQ(name_in_uri(uri), "") << uri;
  EXPECT_EQ(uri_below("s3://K:S@bucket/out/?region=x", "manifest.json"),
            "s3://K:S@bucket/out/manifest.json?region=x");
  EXPECT_EQ(uri_below("gs://bucket", "a/b"), "gs://bucket/a/b");
}

TEST(StoreUri, lies_below_another_one) {
  EXPECT_TRUE(is_same_or_below("s3://b/x/run.mzML", "s3://K:S@b/x?region=r"));
  EXPECT_TRUE(is_same_or_below("s3://b/x/", "s3://b/x"));
  EXPECT_FALSE(is_same_or_below("s3://b/xy", "s3://b/x"));
  EXPECT_FALSE(is_same_or_below("s3://b/x", "s3://b/x/y"));
  EXPECT_FALSE(is_same_or_below("gs://b/x/y", "s3://b/x"));
}

}  // namespace
}  // namespace overland::io
