// SPDX-License-Identifier: Apache-2.0
// Turns read back from conversations as the known templates write them.
#include "core/tokenizer/chat_turns.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

void expectTurns(std::string_view text, const std::vector<ChatMessage> &expected)
{
    const std::vector<ChatMessage> turns = chatTurns(text);
    ASSERT_EQ(turns.size(), expected.size()) << text;
    for (std::size_t turn = 0; turn < turns.size(); ++turn) {
        EXPECT_EQ(turns[turn].role, expected[turn].role);
        EXPECT_EQ(turns[turn].content, expected[turn].content);
    }
}

TEST(ChatTurns, OfEachKnownTemplate)
{
    expectTurns("<|im_start|>system\nBe short.<|im_end|>\n<|im_start|>user\nHi\nyou<|im_end|>\n"
                "<|im_start|>assistant\n",
        {{"system", "Be short."}, {"user", "Hi\nyou"}, {"assistant", ""}});
    expectTurns("<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
                "<|start_header_id|>assistant<|end_header_id|>\n\nHello",
        {{"user", "Hi"}, {"assistant", "Hello"}});
    expectTurns(
        "<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\n", {{"user", "Hi"}, {"model", ""}});
    expectTurns("<|user|>\nHi<|end|>\n<|assistant|>\nHello", {{"user", "Hi"}, {"assistant", "Hello"}});
}

TEST(ChatTurns, OfATextWithoutMarksNone)
{
    expectTurns("", {});
    expectTurns("user: Hi\nassistant:", {});
    expectTurns("<|im_start|>", {});
    expectTurns("<|endoftext|>Once\nupon", {});
    expectTurns("a <| b |>\n c", {});
}

} // namespace
} // namespace sinkscope
