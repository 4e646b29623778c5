// SPDX-License-Identifier: Apache-2.0
// A table of known templates: the shape by which one is recognised and the function that writes the same.
#include "core/tokenizer/chat_template.h"

#include "core/base/error.h"
#include "core/tokenizer/template_shape.h"
#include "core/weights/weight_source.h"

#include <fmt/format.h>

#include <array>

namespace sinkscope {

namespace {

constexpr std::string_view kUnknown = "unknown";

/// What a writer needs besides the messages.
struct Setting {
    std::string_view bos;
    const std::optional<std::string> &defaultSystem;
};
using Messages = std::vector<ChatMessage>;

/// `text` without white space at its ends, as Python's str.strip does (Jinja's filter "trim").
std::string_view trimmed(std::string_view text)
{
    constexpr std::array<std::string_view, 29> kPythonSpaces {" ", "\t", "\n", "\v", "\f", "\r", "\x1C",
        "\x1D", "\x1E", "\x1F", "\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
        "\u2004", "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u2028", "\u2029", "\u202F",
        "\u205F", "\u3000"};
    bool again = true;
    while (again) {
        again = false;
        for (const std::string_view space : kPythonSpaces) {
            if (text.starts_with(space)) {
                text.remove_prefix(space.size());
                again = true;
            }
            if (text.ends_with(space)) {
                text.remove_suffix(space.size());
                again = true;
            }
        }
    }
    return text;
}

[[noreturn]] void refuseConversation(std::string what, std::string wayOut)
{
    throw RequestError({.what = std::move(what), .wayOut = std::move(wayOut)});
}

std::string writeChatml(const Messages &messages, const Setting &setting)
{
    const auto turn = [](std::string_view role, std::string_view content) {
        return fmt::format("<|im_start|>{}\n{}<|im_end|>\n", role, content);
    };
    std::string text;
    if (setting.defaultSystem && messages.front().role != "system")
        text += turn("system", *setting.defaultSystem);
    for (const ChatMessage &message : messages)
        text += turn(message.role, message.content);
    return text + "<|im_start|>assistant\n";
}

std::string writeLlama31(const Messages &messages, const Setting &setting)
{
    const auto turn = [](std::string_view role, std::string_view content) {
        return fmt::format("<|start_header_id|>{}<|end_header_id|>\n\n{}<|eot_id|>", role, content);
    };
    const bool hasSystem = messages.front().role == "system";
    // The two dates are written by the template itself.
    std::string text = std::string(setting.bos)
        + turn("system",
            fmt::format("Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n{}",
                hasSystem ? trimmed(messages.front().content) : std::string_view()));
    for (std::size_t index = hasSystem ? 1 : 0; index < messages.size(); ++index)
        text += turn(messages[index].role, trimmed(messages[index].content));
    return text + "<|start_header_id|>assistant<|end_header_id|>\n\n";
}

std::string writePhi3(const Messages &messages, const Setting & /*setting*/)
{
    std::string text;
    for (const ChatMessage &message : messages) {
        if (message.role != "system" || !message.content.empty())
            text += fmt::format("<|{}|>\n{}<|end|>\n", message.role, message.content);
    }
    return text + "<|assistant|>\n";
}

std::string writeGemma(const Messages &messages, const Setting &setting)
{
    if (messages.front().role == "system")
        refuseConversation(
            "this model's chat template takes no system message", "Leave the system message out");
    std::string text(setting.bos);
    bool usersTurn = true;
    for (const ChatMessage &message : messages) {
        if ((message.role == "user") != usersTurn)
            refuseConversation(
                "this model's chat template needs turns of user and assistant that alternate, user first",
                "Change the order of the turns");
        usersTurn = !usersTurn;
        text += fmt::format("<start_of_turn>{}\n{}<end_of_turn>\n",
            message.role == "assistant" ? "model" : message.role, trimmed(message.content));
    }
    return text + "<start_of_turn>model\n";
}

struct KnownTemplate {
    std::string_view kindName;
    std::string_view
        shape; // Jinja with the marks of template_shape.h: \1 any code, \2 the default system message
    std::string (*write)(const Messages &, const Setting &);
};

// Sources of the shapes: the published templates of SmolLM2-Instruct, Qwen2.5-Instruct, Llama-3.1-Instruct,
// Phi-3.5-mini-instruct and gemma-2-it. The tests compare the writers with renderings made by Jinja2.
constexpr std::array kKnownTemplates {
    KnownTemplate {"chatml",
        R"({% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{% endfor %})"
        R"({% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %})",
        writeChatml},
    KnownTemplate {"chatml with default system message",
        "{% for message in messages %}{% if loop.first and messages[0].role != 'system' %}"
        "{{ '<|im_start|>system\\n\2<|im_end|>\\n' }}{% endif %}"
        "{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
        writeChatml},
    KnownTemplate {"chatml with default system message",
        "{% if tools %}\1{% else %}{% if messages[0].role == 'system' %}"
        "{{ '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}{% else %}"
        "{{ '<|im_start|>system\\n\2<|im_end|>\\n' }}{% endif %}{% endif %}{% for message in messages %}"
        "{% if (message.role == 'user') or (message.role == 'system' and not loop.first)"
        " or (message.role == 'assistant' and not message.tool_calls) %}"
        "{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}"
        "{% elif message.role == 'assistant' %}\1{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
        writeChatml},
    KnownTemplate {"llama3",
        "{{ bos_token }}{% if custom_tools is defined %}{% set tools = custom_tools %}{% endif %}"
        "{% if not tools_in_user_message is defined %}{% set tools_in_user_message = true %}{% endif %}"
        "{% if not date_string is defined %}{% set date_string = '26 Jul 2024' %}{% endif %}"
        "{% if not tools is defined %}{% set tools = none %}{% endif %}"
        "{% if messages[0].role == 'system' %}{% set system_message = messages[0].content|trim %}"
        "{% set messages = messages[1:] %}{% else %}{% set system_message = '' %}{% endif %}"
        "{{ '<|start_header_id|>system<|end_header_id|>\\n\\n' }}"
        "{% if builtin_tools is defined or tools is not none %}{{ 'Environment: ipython\\n' }}{% endif %}"
        "{% if builtin_tools is defined %}\1{% endif %}"
        "{{ 'Cutting Knowledge Date: December 2023\\n' }}{{ 'Today Date: ' + date_string + '\\n\\n' }}"
        "{% if tools is not none and not tools_in_user_message %}\1{% endif %}"
        "{{ system_message }}{{ '<|eot_id|>' }}{% if tools_in_user_message and not tools is none %}\1{% "
        "endif %}"
        "{% for message in messages %}"
        "{% if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}"
        "{{ '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' + message.content | trim + "
        "'<|eot_id|>' }}"
        "{% elif 'tool_calls' in message %}\1{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% endif "
        "%}",
        writeLlama31},
    KnownTemplate {"phi3",
        "{% for message in messages %}{% if message.role == 'system' and message.content %}"
        "{{ '<|system|>\\n' + message.content + '<|end|>\\n' }}{% elif message.role == 'user' %}"
        "{{ '<|user|>\\n' + message.content + '<|end|>\\n' }}{% elif message.role == 'assistant' %}"
        "{{ '<|assistant|>\\n' + message.content + '<|end|>\\n' }}{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}",
        writePhi3},
    KnownTemplate {"gemma",
        "{{ bos_token }}{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') "
        "}}{% endif %}"
        "{% for message in messages %}{% if (message.role == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% "
        "endif %}"
        "{% if (message.role == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message.role "
        "%}{% endif %}"
        "{{ '<start_of_turn>' + role + '\\n' + message.content | trim + '<end_of_turn>\\n' }}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}",
        writeGemma},
};

/// The BOS token as written; empty when the file names none (Jinja writes an undefined value as nothing).
std::string bosText(const WeightSource &source)
{
    const auto id = source.metaIntegerOrNull("tokenizer.ggml.bos_token_id");
    const auto *tokens = source.metaStringsOrNull("tokenizer.ggml.tokens");
    if (!id || !tokens || *id < 0 || static_cast<std::size_t>(*id) >= tokens->size())
        return {};
    return (*tokens)[static_cast<std::size_t>(*id)];
}

void checkMessages(const Messages &messages)
{
    if (messages.empty())
        refuseConversation("the conversation has no message", "Write a message");
    for (const ChatMessage &message : messages) {
        if (message.role != "system" && message.role != "user" && message.role != "assistant") {
            throw RequestError({.what = "the role of a message is not known",
                .given = message.role,
                .expected = "system, user or assistant"});
        }
    }
}

} // namespace

ChatTemplate ChatTemplate::fromSource(const WeightSource &source)
{
    ChatTemplate result;
    result.m_source = source.metaStringOrNull("tokenizer.chat_template").value_or("");
    if (result.m_source.empty())
        return result;
    result.m_kind = kUnknown;
    result.m_bos = bosText(source);
    const std::string canonical = canonicalTemplate(result.m_source);
    for (const KnownTemplate &known : kKnownTemplates) {
        if (std::optional<TemplateMatch> match = matchTemplate(canonical, known.shape)) {
            result.m_kind = known.kindName;
            result.m_defaultSystem = std::move(match->someText);
            break;
        }
    }
    return result;
}

std::string ChatTemplate::render(const std::vector<ChatMessage> &messages) const
{
    constexpr const char *kWayOut = "Use the raw prompt and write the turns out yourself";
    if (empty())
        throw RequestError({.what = "the model file has no chat template", .wayOut = kWayOut});
    checkMessages(messages);
    for (const KnownTemplate &known : kKnownTemplates) {
        if (known.kindName == m_kind)
            return known.write(messages, {m_bos, m_defaultSystem});
    }
    throw RequestError({.what = "the model's chat template is not one of the known kinds",
        .expected = "a template of the kind chatml, llama3, phi3 or gemma",
        .wayOut = kWayOut});
}

} // namespace sinkscope
