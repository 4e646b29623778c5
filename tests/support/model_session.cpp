// SPDX-License-Identifier: Apache-2.0
// Loads and runs without progress and without cancelling.
#include "tests/support/model_session.h"

#include "tests/support/software_tiles.h"

#include <stdexcept>

namespace sinkscope::test {

ModelSession::ModelSession(const std::string &path, const LoadOptions &options, int threadCount)
    : m_pool(threadCount)
    , m_gemm(m_pool, anyTileKernel())
    , m_model(loadModel(path, options, m_pool, {}, {}))
{
    if (!m_model)
        throw std::runtime_error("loading " + path + " was cancelled by nobody");
    m_transformer = std::make_unique<Transformer>(*m_model, m_gemm);
}

std::shared_ptr<const PassResult> ModelSession::run(
    const std::vector<TokenId> &tokens, const Intervention *intervention)
{
    PassRequest request;
    request.tokens = tokens;
    request.intervention = intervention;
    request.capture.logitRows = LogitRows::All;
    return m_transformer->run(request, {});
}

} // namespace sinkscope::test
