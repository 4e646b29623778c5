// SPDX-License-Identifier: Apache-2.0
// Templates are recognised by what they write, render as Jinja2 does, and are refused when not known.
#include "core/tokenizer/chat_template.h"

#include "core/tokenizer/template_shape.h"
#include "core/weights/open_weights.h"

#include "tests/core/tokenizer/fake_source.h"
#include "tests/support/model_paths.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <sstream>

namespace sinkscope::test {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

ChatTemplate templateOf(const std::string &jinja, const std::string &bos = "<s>")
{
    FakeSource source;
    source.values["tokenizer.chat_template"] = jinja;
    source.values["tokenizer.ggml.tokens"] = std::vector<std::string> {bos};
    source.values["tokenizer.ggml.bos_token_id"] = std::int64_t {0};
    return ChatTemplate::fromSource(source);
}

constexpr const char *kPlainChatml =
    "{% for message in messages %}\n"
    "    {{- \"<|im_start|>\" + message['role'] + '\\n' + message.content + \"<|im_end|>\" + '\\n' -}}\n"
    "{% endfor %}\n"
    "{#- opens the turn #}\n"
    "{%- if add_generation_prompt -%}\n  {{- '<|im_start|>assistant\n' -}}\n{%- endif %}\n";

TEST(ChatTemplate, absentTemplateIsEmptyAndRefuses)
{
    const ChatTemplate none = ChatTemplate::fromSource(FakeSource {});
    EXPECT_TRUE(none.empty());
    EXPECT_THROW(none.render({{"user", "Hi"}}), RequestError);
}

TEST(ChatTemplate, plainChatmlHasNoDefaultSystem)
{
    const ChatTemplate chat = templateOf(kPlainChatml);
    EXPECT_EQ(chat.kindName(), "chatml");
    EXPECT_EQ(chat.defaultSystem(), std::nullopt);
    EXPECT_EQ(chat.render({{"user", " Hi "}}), "<|im_start|>user\n Hi <|im_end|>\n<|im_start|>assistant\n");
}

TEST(ChatTemplate, unknownTemplateLoadsAndRefusesPolitely)
{
    std::string changed = kPlainChatml;
    changed.replace(changed.find("im_end"), 6, "im_fin"); // writes something else
    for (const std::string &jinja : {changed, std::string("{{ messages }}"), std::string("{% broken"),
             std::string(kPlainChatml) + "more text"}) {
        const ChatTemplate chat = templateOf(jinja);
        EXPECT_FALSE(chat.empty());
        EXPECT_EQ(chat.kindName(), "unknown") << jinja;
        EXPECT_THAT(refusalOf([&] { chat.render({{"user", "Hi"}}); }), HasSubstr("raw prompt"));
    }
}

TEST(ChatTemplate, oddConversationsAreRefused)
{
    const ChatTemplate chat = templateOf(kPlainChatml);
    EXPECT_THROW(chat.render({}), RequestError);
    EXPECT_THAT(refusalOf([&] { chat.render({{"tool", "x"}}); }), HasSubstr("tool"));
}

TEST(TemplateShape, spellingDoesNotMatter)
{
    EXPECT_EQ(canonicalTemplate("{{ 'a' + \"\\n\" }}"), canonicalTemplate("{{- \"a\n\" -}}"));
    EXPECT_EQ(canonicalTemplate("{{ message['role'] }}"), canonicalTemplate("{{message.role}}"));
    EXPECT_EQ(canonicalTemplate("{% if x %}\n  {% endif %}\n"), canonicalTemplate("{% if x %}{% endif %}"));
    EXPECT_EQ(canonicalTemplate("a {#- note #}\nb"), "ab");
}

TEST(TemplateShape, whatIsWrittenMatters)
{
    EXPECT_NE(canonicalTemplate("{{ 'a ' }}"), canonicalTemplate("{{ 'a' }}"));
    EXPECT_NE(canonicalTemplate("{{ x }} {{ y }}"), canonicalTemplate("{{ x }}{{ y }}"));
    EXPECT_NE(canonicalTemplate("{{ x }}\n{{ y }}"), canonicalTemplate("{{ x }}{{ y }}"));
    EXPECT_NE(canonicalTemplate("{% if x %}  {% endif %}"), canonicalTemplate("{% if x %}{% endif %}"));
    EXPECT_NE(canonicalTemplate("{{ message.role }}"), canonicalTemplate("{{ 'message.role' }}"));
}

TEST(TemplateShape, marksStandForCodeAndText)
{
    const auto match = matchTemplate(canonicalTemplate("{{ 'be kind' }}{% if tools %}{{ t }}{% endif %}"),
        "{{ '\2' }}{% if tools %}\1{% endif %}");
    ASSERT_TRUE(match);
    EXPECT_EQ(match->someText, "be kind");
    EXPECT_FALSE(matchTemplate(canonicalTemplate("{{ 'be ' + y + 'kind' }}"), "{{ '\2' }}"));
    EXPECT_FALSE(matchTemplate(canonicalTemplate("x{{ 'y' }}"), "{{ 'y' }}"));
}

struct Published {
    const char *name;
    const char *kind;
};

// How gtest names the case.
std::ostream &operator<<(std::ostream &out, const Published &published)
{
    return out << published.name;
}

class PublishedTemplates : public testing::TestWithParam<Published> { };

// Renderings by Jinja2 3.1.6; those with an "error" there must be refused here.
TEST_P(PublishedTemplates, renderAsJinjaDoes)
{
    const auto folder = sharedDataPath("reference/chat-templates");
    if (!folder)
        GTEST_SKIP() << "chat templates: reference data absent";
    const Published published = GetParam();
    std::ifstream file(*folder + "/templates/" + published.name + ".jinja");
    std::stringstream jinja;
    jinja << file.rdbuf();
    std::ifstream renderings(*folder + "/renderings.jsonl");
    int checked = 0;
    for (std::string line; std::getline(renderings, line);) {
        const Json sample = Json::parse(line);
        if (sample.at("template") != published.name || !sample.at("addGenerationPrompt").get<bool>())
            continue;
        const ChatTemplate chat = templateOf(jinja.str(), sample.at("bos").get<std::string>());
        ASSERT_EQ(chat.kindName(), published.kind);
        std::vector<ChatMessage> messages;
        for (const Json &message : sample.at("messages"))
            messages.push_back({message.at("role"), message.at("content")});
        ++checked;
        if (chat.kindName() == "unknown" || sample.contains("error"))
            EXPECT_THROW(chat.render(messages), RequestError) << line;
        else
            EXPECT_EQ(chat.render(messages), sample.at("expected").get<std::string>());
    }
    EXPECT_GT(checked, 0);
}

INSTANTIATE_TEST_SUITE_P(Models, PublishedTemplates,
    testing::Values(Published {"smollm2", "chatml with default system message"},
        Published {"qwen2.5", "chatml with default system message"}, Published {"llama-3.1", "llama3"},
        Published {"phi-3.5", "phi3"}, Published {"gemma-2", "gemma"}, Published {"llama-3.2", "unknown"},
        Published {"hermes-2-pro", "unknown"}, Published {"mistral-nemo", "unknown"},
        Published {"command-r7b", "unknown"}, Published {"functionary-3.1", "unknown"},
        Published {"deepseek-r1-distill-llama", "unknown"},
        Published {"deepseek-r1-distill-qwen", "unknown"}),
    [](const auto &parameter) { return std::to_string(parameter.index); });

TEST(DefaultModelChat, templateIsRecognised)
{
    const auto model = defaultModelPath();
    if (!model)
        GTEST_SKIP() << "default model absent";
    const ChatTemplate chat = ChatTemplate::fromSource(*openWeights(*model));
    EXPECT_EQ(chat.kindName(), "chatml with default system message");
    EXPECT_EQ(chat.defaultSystem(), "You are a helpful AI assistant named SmolLM, trained by Hugging Face");
}

} // namespace
} // namespace sinkscope::test
