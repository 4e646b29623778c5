// SPDX-License-Identifier: Apache-2.0
// Conversations as the model was trained to read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

class WeightSource;

/// One turn of a conversation.
struct ChatMessage {
    std::string role; ///< "system", "user" or "assistant"
    std::string content;
};

/// The chat template of a model file, recognised by what it writes. Owner: Model. Threads: immutable.
class ChatTemplate {
public:
    /// The template of `source`; empty() when the file has none. A template that is not one of the known
    /// kinds loads, is named "unknown" and refuses to render.
    static ChatTemplate fromSource(const WeightSource &source);

    bool empty() const { return m_kind.empty(); }
    /// "chatml", "chatml with default system message", "llama3", ..., "unknown"; empty when there is none.
    const std::string &kindName() const { return m_kind; }
    /// The system message that the template adds when the conversation has none.
    const std::optional<std::string> &defaultSystem() const { return m_defaultSystem; }

    /// The text of the conversation with the assistant's turn opened. Special tokens are written out;
    /// tokenise it with SpecialTokens::Recognise and AddedTokens::None. Throws RequestError when there is no
    /// template, or an unknown one (the way out names the raw prompt).
    std::string render(const std::vector<ChatMessage> &messages) const;

private:
    std::string m_kind;
    std::string m_source; // the Jinja text of the file
    std::string m_bos; // the BOS token as written, for templates that write it
    std::optional<std::string> m_defaultSystem;
};

} // namespace sinkscope
