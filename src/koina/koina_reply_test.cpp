#include "koina/koina_reply.h"

#include <gtest/gtest.h>

namespace overland::koina {
namespace {

TEST(KoinaReply, ReadsTensorsWhateverTheOrderOfKeys) {
  const auto reply = parse_reply(R"({"model_name":"M","model_version":"1","id":"0",
      "parameters":{"sequence_id":0,"deep":[{"data":[1]},null,true]},
      "outputs":[{"data":[0.5,-1,2e-3,7],"shape":[2,2],"name":"a","datatype":"FP32",
                  "parameters":{"binary_data_size":[3]}},
                 {"name":"b","datatype":"BYTES","shape":[3,1],"data":["y1+1","","b\u00fc"]}]})",
                                 "test");
  ASSERT_TRUE(reply) << reply.error().message();
  ASSERT_EQ(reply->outputs.size(), 2U);
  const Tensor& a = reply->outputs[0];
  EXPECT_EQ(a.numbers, (std::vector<float>{0.5F, -1, 2e-3F, 7}));
  EXPECT_EQ(a.shape, (std::vector<std::uint64_t>{2, 2}));
  const Tensor& b = reply->outputs[1];
  ASSERT_EQ(b.text_end.size(), 3U);
  EXPECT_EQ(b.text_at(0), "y1+1");
  EXPECT_EQ(b.text_at(1), "");
  EXPECT_EQ(b.text_at(2), "b\u00fc");
  EXPECT_TRUE(reply->error.empty());
}

TEST(KoinaReply, NestedDataAreFlat) {
  const auto reply = parse_reply(R"({"outputs":[{"name":"a","data":[[1,2],[3,4]]}]})", "test");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->outputs[0].numbers, (std::vector<float>{1, 2, 3, 4}));
}

TEST(KoinaReply, TheServersError) {
  EXPECT_EQ(parse_reply(R"({"error":"no such model"})", "test")->error, "no such model");
  EXPECT_EQ(parse_reply(R"({"error":""})", "test")->error, "unknown");
}

TEST(KoinaReply, WhatCannotBeReadIsRefused) {
  for (const std::string_view json : {"",
                                      "[]",
                                      "5",
                                      "\"text\"",
                                      "null",
                                      "{",
                                      R"({"outputs":)",
                                      R"({"outputs":[{"data":[1,2})",
                                      R"({"outputs":{}})",
                                      R"({"outputs":5})",
                                      R"({"outputs":[5]})",
                                      R"({"outputs":[[1]]})",
                                      R"({"outputs":[{"data":5}]})",
                                      R"({"outputs":[{"data":[NaN]}]})",
                                      R"({"outputs":[{"data":[Infinity]}]})",
                                      R"({"outputs":[{"data":[null]}]})",
                                      R"({"outputs":[{"data":[true]}]})",
                                      R"({"outputs":[{"data":[{"a":1}]}]})",
                                      R"({"outputs":[{"data":[1e39]}]})",
                                      R"({"outputs":[{"data":[1e400]}]})",
                                      R"({"outputs":[{"shape":[-1]}]})",
                                      R"({"outputs":[{"shape":[[1]]}]})",
                                      R"({"outputs":[{"name":7}]})",
                                      R"({"outputs":[{"name":["a"]}]})",
                                      R"({"error":{}})",
                                      R"({"outputs":[]} trailing)",
                                      "<html>502</html>"}) {
    const auto reply = parse_reply(json, "M, batch 3");
    ASSERT_FALSE(reply) << json;
    EXPECT_EQ(reply.error().code, "OVL-KOI-004") << json;
    EXPECT_EQ(reply.error().where, "M, batch 3");
  }
}

TEST(KoinaReply, EveryPrefixIsRefused) {
  const std::string json = R"({"outputs":[{"name":"a","shape":[2],"data":[1,-2.5e3]}],"x":null})";
  ASSERT_TRUE(parse_reply(json, "test"));
  for (std::size_t i = 0; i < json.size(); ++i)
    EXPECT_FALSE(parse_reply(std::string_view(json).substr(0, i), "test")) << i;
}

Reply reply_of(std::string_view tensor) {
  return parse_reply("{\"outputs\":[" + std::string(tensor) + "]}", "test").value();
}

TEST(KoinaReply, OutputsAreCheckedForTypeShapeAndLength) {
  const auto code = [](std::string_view tensor, std::size_t rows, std::size_t columns) {
    const Reply reply = reply_of(tensor);
    const auto found = find_output(reply, "a", "FP32", rows, columns, "M, batch 1");
    return found ? std::string("good") : found.error().code + found.error().what;
  };
  EXPECT_EQ(code(R"({"name":"a","datatype":"FP32","shape":[1,2],"data":[1,2]})", 1, 2), "good");
  EXPECT_EQ(code(R"({"name":"a","datatype":"FP32","shape":[1,2],"data":[1,2]})", 1, 0), "good");
  EXPECT_EQ(code(R"({"name":"a","datatype":"FP32","shape":[1,2,2],"data":[1,2,3,4]})", 1, 4),
            "good");
  for (const std::string_view bad :
       {R"({"name":"b","datatype":"FP32","shape":[1,2],"data":[1,2]})",
        R"({"name":"a","datatype":"FP64","shape":[1,2],"data":[1,2]})",
        R"({"name":"a","shape":[1,2],"data":[1,2]})",
        R"({"name":"a","datatype":"FP32","shape":[2,1],"data":[1,2]})",
        R"({"name":"a","datatype":"FP32","shape":[2],"data":[1,2]})",
        R"({"name":"a","datatype":"FP32","data":[1,2]})",
        R"({"name":"a","datatype":"FP32","shape":[1,3],"data":[1,2,3]})",
        R"({"name":"a","datatype":"FP32","shape":[1,2],"data":[1]})",
        R"({"name":"a","datatype":"FP32","shape":[1,2],"data":[1,2,3]})",
        R"({"name":"a","datatype":"FP32","shape":[1,2]})",
        R"({"name":"a","datatype":"FP32","shape":[1,2],"data":["1","2"]})",
        R"({"name":"a","datatype":"FP32","shape":[1,2],"data":[1,2,"3"]})",
        R"({"name":"a","datatype":"FP32","shape":[1,0],"data":[]})",
        R"({"name":"a","datatype":"FP32","shape":[1,4294967296,4294967296],"data":[]})"})
    EXPECT_TRUE(code(bad, 1, 2).starts_with("OVL-KOI-005")) << bad << code(bad, 1, 2);
  const std::string twice = R"({"name":"a","datatype":"FP32","shape":[1,1],"data":[1]})";
  EXPECT_TRUE(code(twice + "," + twice, 1, 1).starts_with("OVL-KOI-005"));
}

}  // namespace
}  // namespace overland::koina
