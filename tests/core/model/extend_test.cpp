// SPDX-License-Identifier: Apache-2.0
// Reading on with the key-value cache gives what reading everything at once gives.
#include "core/base/error.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::ModelSession;
using test::someTokens;

constexpr double kLogitTolerance = 1e-4; // fp32 against double on models of this size: see PassTolerances

class Extend : public testing::Test {
protected:
    // Compares logits rows with those of the reference for all tokens read so far.
    void expectRows(const Matrix &logits, const test::ReferencePass &reference, std::size_t firstRow) const
    {
        for (std::size_t row = 0; row < logits.rows(); ++row)
            for (std::size_t id = 0; id < logits.columns(); ++id)
                ASSERT_NEAR(logits.at(row, id), reference.logitsRow(firstRow + row)[id], kLogitTolerance)
                    << "row " << firstRow + row << " token " << id;
    }
    std::shared_ptr<const PassResult> prompt(std::size_t count, const Intervention *edits = nullptr)
    {
        return m_session.run(
            {m_tokens.begin(), m_tokens.begin() + static_cast<std::ptrdiff_t>(count)}, edits);
    }

    std::vector<TokenId> m_tokens = someTokens(26);
    test::ReferenceWeights m_weights = test::tinyWeights();
    ModelSession m_session {test::writeTinyModel()};
};

TEST_F(Extend, LogitsEqualTheWholeForwardUnderEveryEdit)
{
    auto interventions = test::manyInterventions();
    interventions.push_back({"no edit", {}});
    for (const test::NamedIntervention &named : interventions) {
        SCOPED_TRACE(named.name);
        const Intervention &edits = named.intervention;
        const auto pass = prompt(18, &edits);
        KvCache cache = KvCache::fromPass(*pass);
        const auto reference = test::referenceForward(m_weights, m_tokens, edits.edits(), 17);
        std::size_t read = 18;
        for (const std::size_t step : {3U, 1U, 4U}) {
            const auto logits =
                m_session.transformer().extend(cache, std::span(m_tokens).subspan(read, step), &edits, {});
            ASSERT_TRUE(logits.has_value());
            ASSERT_EQ(logits->rows(), step);
            expectRows(*logits, reference, read);
            read += step;
            EXPECT_EQ(cache.tokenCount(), read);
        }
    }
}

TEST_F(Extend, CacheHoldsTheKeysAndValuesOfAWholePass)
{
    KvCache cache = KvCache::fromPass(*prompt(10));
    m_session.transformer().extend(cache, std::span(m_tokens).subspan(10), nullptr, {});
    const auto whole = prompt(26);
    for (std::size_t layer = 0; layer < 3; ++layer)
        for (std::size_t row = 0; row < 26; ++row)
            for (std::size_t at = 0; at < 16; ++at) {
                // the same fp32 products, in blocks of other sizes
                EXPECT_NEAR(cache.keys[layer].at(row, at), whole->layers[layer]->keys.at(row, at), 5e-5);
                EXPECT_NEAR(cache.values[layer].at(row, at), whole->layers[layer]->values.at(row, at), 5e-5);
            }
}

TEST_F(Extend, TruncatedCacheReadsOnAsIfNothingHadHappened)
{
    KvCache cache = KvCache::fromPass(*prompt(12));
    const auto tail = std::span(m_tokens).subspan(12, 3);
    const auto first = m_session.transformer().extend(cache, tail, nullptr, {});
    cache.truncate(12);
    EXPECT_EQ(cache.tokenCount(), 12U);
    const auto again = m_session.transformer().extend(cache, tail, nullptr, {});
    for (std::size_t at = 0; at < first->values().size(); ++at)
        ASSERT_EQ(first->values()[at], again->values()[at]);
}

TEST_F(Extend, CancelledLeavesTheCacheAsItWas)
{
    KvCache cache = KvCache::fromPass(*prompt(12));
    std::stop_source source;
    source.request_stop();
    EXPECT_FALSE(m_session.transformer().extend(
        cache, std::span(m_tokens).subspan(12, 2), nullptr, source.get_token()));
    EXPECT_EQ(cache.tokenCount(), 12U);
    for (const Matrix &keys : cache.keys)
        EXPECT_EQ(keys.rows(), 12U);
    for (const Matrix &values : cache.values)
        EXPECT_EQ(values.rows(), 12U);
}

TEST_F(Extend, RefusesTokensBeyondTheContextAndOutsideTheVocabulary)
{
    test::TinyModelOptions options;
    options.contextLength = 20;
    ModelSession session(test::writeTinyModel(options));
    KvCache cache = KvCache::fromPass(*session.run(someTokens(18)));
    EXPECT_THROW(session.transformer().extend(cache, someTokens(3), nullptr, {}), RequestError);
    EXPECT_THROW(session.transformer().extend(cache, std::vector {TokenId(320)}, nullptr, {}), RequestError);
    EXPECT_EQ(cache.tokenCount(), 18U);
    EXPECT_TRUE(session.transformer().extend(cache, someTokens(2), nullptr, {}).has_value());
}

} // namespace
} // namespace sinkscope
