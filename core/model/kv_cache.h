// SPDX-License-Identifier: Apache-2.0
// Keys and values of the tokens read so far, for generation and scoring after a prompt.
#pragma once

#include "core/model/layer_record.h"

namespace sinkscope {

/// Grows by one row a token. Owner: the generation that fills it. Threads: one. Validity: for the model,
/// tokens and edits it was made with; an edit invalidates it above the edited layer.
struct KvCache {
    std::vector<Matrix> keys; ///< [L] of [tokens, kvHeads * headSize], after rotary
    std::vector<Matrix> values; ///< [L] of [tokens, kvHeads * headSize]
    TokenPos promptLast; ///< the prompt's last row: where QuerySelection::Last begins

    std::size_t tokenCount() const { return keys.empty() ? 0 : keys.front().rows(); }

    static KvCache fromPass(const PassResult &pass)
    {
        KvCache cache;
        for (const auto &layer : pass.layers) {
            cache.keys.push_back(layer->keys);
            cache.values.push_back(layer->values);
        }
        cache.promptLast = TokenPos(static_cast<std::int32_t>(cache.tokenCount()) - 1);
        return cache;
    }
    /// Forgets all tokens after the first `tokens`.
    void truncate(std::size_t tokens)
    {
        for (Matrix &layer : keys)
            layer.resizeRows(tokens);
        for (Matrix &layer : values)
            layer.resizeRows(tokens);
    }
};

} // namespace sinkscope
