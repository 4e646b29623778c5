// SPDX-License-Identifier: Apache-2.0
// A loaded model: configuration, weights, tokenizer, chat template.
#pragma once

#include "core/model/layer_record.h"
#include "core/model/model_config.h"
#include "core/model/model_weights.h"
#include "core/tokenizer/chat_template.h"
#include "core/tokenizer/tokenizer.h"

#include <memory>
#include <string>
#include <vector>

namespace sinkscope {

/// How many tensors are stored as one type, e.g. 210 x Q4_1.
struct StoredTypeCount {
    std::string dtype;
    int tensors = 0;
};

/// Everything that belongs to one model file. Owner: shared. Threads: immutable, any thread.
struct Model {
    std::string path;
    std::string formatName;
    std::uint64_t fileBytes = 0;
    ModelConfig config;
    ModelWeights weights;
    std::unique_ptr<const Tokenizer> tokenizer;
    ChatTemplate chatTemplate;
    std::vector<StoredTypeCount> storedTypes; ///< most frequent first
};

/// Opens and loads `path`; nullptr when cancelled. Throws Error.
std::shared_ptr<const Model> loadModel(const std::string &path, const LoadOptions &options, ThreadPool &pool,
    const ProgressFn &progress, const StopToken &stop);

/// All of `path`, its tensors looked up and checked but left in the file: quick, for showing what it is.
/// Throws Error.
std::shared_ptr<const Model> describeModel(const std::string &path);

/// Tokenizer and chat template of `path` alone, also of a file that holds only a vocabulary: no weights, and
/// a configuration of nothing but the vocabulary's size and no limit on the context. Throws Error.
std::shared_ptr<const Model> describeTokenizer(const std::string &path);

/// The backend whose layout the weights of `model` have; attention runs on it too, or on Packed beside Amx.
GemmBackend preparedBackend(const Model &model);

/// Bytes that a pass of `tokenCount` tokens needs beside the file: weights in memory, workspace, captures.
struct MemoryEstimate {
    std::size_t weightBytes = 0; ///< prepared copies; 0 when the weights stay mapped
    std::size_t programBytes = 0; ///< the program itself, and the tokenizer's tables
    std::size_t mappedBytes = 0; ///< the file itself, as mapped pages
    std::size_t workspaceBytes = 0; ///< activations of one pass
    std::size_t recordBytes = 0; ///< residual stream, keys, values, row summaries kept for restarts
    std::size_t patternBytes = 0; ///< attention patterns (lower triangles)
    /// Of the patterns of all layers; None: only those of one layer fit, in fp32.
    PatternPrecision patternPrecision = PatternPrecision::Single;
    std::size_t totalBytes() const
    {
        return weightBytes + programBytes + mappedBytes + workspaceBytes + recordBytes + patternBytes;
    }
};
MemoryEstimate estimateMemory(
    const ModelConfig &config, std::uint64_t fileBytes, const LoadOptions &options, int tokenCount);

} // namespace sinkscope
