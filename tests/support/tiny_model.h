// SPDX-License-Identifier: Apache-2.0
// Tiny random models as GGUF files, with the weights they hold: for tests of everything that needs a model.
#pragma once

#include "tests/support/gguf_writer.h"
#include "tests/support/reference_forward.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sinkscope::test {

/// Storage of the weight matrices of a tiny model (norms are always F32).
enum class TinyStorage { F32, F16, BF16, Q4_0, Q4_1, Q8_0 };

/// Shape and seed of a tiny model. The same options always give the same file.
struct TinyModelOptions {
    int layers = 3;
    int heads = 4;
    int kvHeads = 2;
    int headSize = 8; ///< even
    int hidden = 32; ///< with a quantised storage: a multiple of 32, as heads * headSize and feedForward
    int feedForward = 64;
    int vocabulary = 320; ///< at least tinyVocabulary().size(); the rest is filled with unused control tokens
    int contextLength = 256;
    int rotarySize = 0; ///< 0: the head size
    double rotaryBase = 10000.0;
    bool rotaryFactors = false; ///< writes rope_freqs.weight
    bool tied = true; ///< no output.weight
    bool addBos = false; ///< add_bos_token; the BOS is <|im_start|>
    TinyStorage storage = TinyStorage::F32;
    double attentionGain = 1.4; ///< size of queries and keys; from about 4 on the attention is almost hard
    std::uint64_t seed = 1;
};

/// Special tokens 0 <|endoftext|>, 1 <|im_start|>, 2 <|im_end|>; then the 256 bytes; then the merged tokens.
std::vector<std::string> tinyVocabulary();
/// The merges of the tiny tokenizer, "left right" each, in order of rank.
std::vector<std::string> tinyMerges();
/// The ChatML template with a default system message that every tiny model carries.
std::string tinyChatTemplate();

/// The file's content, open for changes (wrong keys, missing tensors) before it is written.
GgufWriter tinyModelWriter(const TinyModelOptions &options);
/// Writes the model into this process's temporary folder and returns its path. The folder goes at exit.
std::string writeTinyModel(const TinyModelOptions &options = {});
/// The weights of that file in double: exactly what is stored, dequantised.
ReferenceWeights tinyWeights(const TinyModelOptions &options = {});

/// A path in this process's temporary folder, which is removed at exit.
std::string temporaryPath(const std::string &fileName);

} // namespace sinkscope::test
