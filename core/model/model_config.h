// SPDX-License-Identifier: Apache-2.0
// The shape and constants of a model, read from its file.
#pragma once

#include "core/intervention/intervention.h"
#include "core/ops/rope.h"

#include <cstddef>
#include <string>

namespace sinkscope {

class WeightSource;

/// Numbers that fix a transformer. Sizes in elements.
struct ModelConfig {
    std::string arch; ///< e.g. "llama"
    std::string name; ///< general.name, or the file's name
    int layerCount = 0;
    int headCount = 0; ///< query heads
    int kvHeadCount = 0; ///< key/value heads; headCount is a multiple
    int hiddenSize = 0;
    int headSize = 0; ///< d_head
    int feedForwardSize = 0;
    int vocabularySize = 0;
    int contextLength = 0; ///< most tokens the model was made for
    int rotarySize = 0; ///< leading elements of a head that are rotated
    double rotaryBase = 10000.0;
    double normEpsilon = 1e-5;
    /// GGUF permutes the query and key rows of arch llama so that rotary pairs are neighbours.
    RotaryLayout rotaryLayout = RotaryLayout::Interleaved;
    bool tiedEmbeddings = false; ///< the output head is the token embedding

    int groupSize() const { return headCount / kvHeadCount; } ///< query heads that share a key/value head
    int keyValueSize() const { return kvHeadCount * headSize; }
    KvHeadIndex kvHeadOf(HeadIndex head) const { return KvHeadIndex(head.value / groupSize()); }
    HeadGrid headGrid() const { return {layerCount, headCount, kvHeadCount}; }
};

/// Reads and checks the configuration of `source`. Throws Error naming the key, what it holds and what is
/// allowed.
ModelConfig readModelConfig(const WeightSource &source);

} // namespace sinkscope
