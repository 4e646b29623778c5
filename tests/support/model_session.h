// SPDX-License-Identifier: Apache-2.0
// A loaded model with everything that runs it, for tests.
#pragma once

#include "core/model/transformer.h"

#include <memory>
#include <string>

namespace sinkscope::test {

/// Pool, model, products and transformer of one test; weights prepared for the tile unit are multiplied on a
/// model of it where the processor has none. Threads: the test's.
class ModelSession {
public:
    explicit ModelSession(const std::string &path, const LoadOptions &options = {}, int threadCount = 2);

    ThreadPool &pool() { return m_pool; }
    Gemm &gemm() { return m_gemm; }
    const Model &model() const { return *m_model; }
    std::shared_ptr<const Model> sharedModel() const { return m_model; }
    Transformer &transformer() { return *m_transformer; }

    /// A pass with all patterns and the logits of every row.
    std::shared_ptr<const PassResult> run(
        const std::vector<TokenId> &tokens, const Intervention *intervention = nullptr);

private:
    ThreadPool m_pool;
    Gemm m_gemm;
    std::shared_ptr<const Model> m_model;
    std::unique_ptr<Transformer> m_transformer;
};

} // namespace sinkscope::test
