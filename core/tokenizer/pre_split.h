// SPDX-License-Identifier: Apache-2.0
// Cuts a text into the pieces inside which byte pairs may merge.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sinkscope {

/// What a vocabulary does with a piece that is a token as a whole.
enum class WholePieces { Merge, TakeAsTheyAre };

/// A pre-tokenizer: a list of regular expressions, each applied to what the one before it left. Owner:
/// Tokenizer. Threads: immutable, any thread.
class PreSplitter {
public:
    /// `name` as in tokenizer.ggml.pre; empty means "default", as in llama.cpp. Throws Error for a name that
    /// is not in the table, with the names that are; `file` is for the message.
    explicit PreSplitter(std::string_view name, const std::string &file = {});

    /// Whether files of this kind add the BOS token when they do not say (llama.cpp, llama-vocab.cpp).
    bool addsBosByDefault() const;
    WholePieces wholePieces() const;

    /// Appends the pieces of `text` (valid UTF-8) to `pieces`; joined they are `text`. The views point into
    /// `text`. Throws Error when the expression engine gives up (out of memory).
    void split(std::string_view text, std::vector<std::string_view> &pieces) const;

    /// Names of the table, e.g. "smollm, gpt-2, ...", for messages.
    static std::string knownNames();

private:
    struct Compiled;
    std::shared_ptr<const Compiled> m_compiled;
};

} // namespace sinkscope
