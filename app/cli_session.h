// SPDX-License-Identifier: Apache-2.0
// A model opened for a command: its path, its shape, or loaded and ready to compute.
#pragma once

#include "app/cli_commands.h"
#include "core/model/transformer.h"

#include <iosfwd>
#include <memory>
#include <optional>
#include <string>

namespace sinkscope {

/// The path that `model` stands for. Throws Error when it is "default" and the default model is absent.
std::string resolveModelPath(const std::string &model, const CliEnvironment &environment);

/// Shape of the heads, read without loading anything else; for refusing edits before a long load.
HeadGrid headGridOf(const std::string &path);

/// Why a generation of at most `mostTokens` ended: "end-token", "length" or "context" (it was full).
const char *finishName(const std::vector<TokenId> &ids, int mostTokens, const Tokenizer &tokenizer);

/// A sentence when `needed` exceeds the free memory, else nothing.
std::string memoryWarning(const MemoryEstimate &needed, std::optional<std::uint64_t> available);
/// Writes one line to `err` when loading `path` with these limits for a usual prompt needs more memory than
/// is free.
void warnOfMemory(const std::string &path, const LoadOptions &load, std::ostream &err);

/// A loaded model with its compute threads. Owner: one command. Threads: one.
class Session {
public:
    /// `threads` 0: one a processor. Throws Error when the model cannot be loaded.
    Session(const std::string &path, int threads, const LoadOptions &load);

    const Model &model() const { return *m_model; }
    Transformer &transformer() { return m_transformer; }
    Gemm &gemm() { return m_gemm; }
    int threadCount() const { return m_pool.threadCount(); }
    /// Runs a pass to its end.
    std::shared_ptr<const PassResult> run(const PassRequest &request);

private:
    ThreadPool m_pool;
    std::shared_ptr<const Model> m_model;
    Gemm m_gemm;
    Transformer m_transformer;
};

} // namespace sinkscope
