// SPDX-License-Identifier: Apache-2.0
// The packed and the amx backend give the same bytes whatever the way there: restart, batch, cache, threads;
// OpenBLAS gives nearly the same values.
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/pass_comparison.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"
#include "tests/support/vector_targets.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <optional>

namespace sinkscope {
namespace {

using test::ModelSession;
using test::someTokens;

// Prompts over one panel of keys (64) and one chain of a sum (128); heads that fill a panel and heads that do
// not.
struct Shape {
    int headSize;
    int tokens;
    GemmBackend backend = GemmBackend::Packed;
    test::TinyStorage storage = test::TinyStorage::F32;
    std::int64_t vectorTarget = 0; ///< 0: the best present
};

// OpenBLAS chooses kernels by shape, so that fp32 sums of up to 100 products are taken in another order:
// their roundings of 2^-24 carry through three layers to less than this, of values of size 1.
constexpr double kOfBlas = 1e-5;

/// Every kind of edit, and what baselines become once they were worked out for a prompt.
std::vector<test::NamedIntervention> interventions()
{
    std::vector<test::NamedIntervention> all = test::manyInterventions();
    Intervention act = test::withEdits({test::headEdit(1, 2, 0.4), test::headEdit(2, 0, 2.0)});
    act.add(test::redistribution(1, 2, 0.4, {0, 4}));
    act.add(test::redistribution(2, 3, 0.0, {1, 2, 5, 8, 9}));
    all.push_back({"frozen act", act});
    Intervention spotLight;
    spotLight.add(test::rowBias(0, 1));
    spotLight.add(test::rowBias(2, 2));
    all.push_back({"frozen SpotLight", spotLight});
    return all;
}

std::vector<float> figuresOf(const RowSummary &summary)
{
    return {static_cast<float>(summary.sinkMass), static_cast<float>(summary.restMass),
        static_cast<float>(summary.entropy), static_cast<float>(summary.restEntropy),
        static_cast<float>(summary.sinkLogOdds)};
}

LayerIndex lowestLayerOf(const Intervention &intervention)
{
    LayerIndex lowest(2);
    for (const HeadEdit &edit : intervention.edits())
        lowest = std::min(lowest, edit.head.layer);
    for (const FrozenEdit &edit : intervention.frozen())
        lowest = std::min(lowest, edit.head.layer);
    return lowest;
}

class BitExact : public testing::TestWithParam<Shape> {
protected:
    static test::TinyModelOptions options()
    {
        test::TinyModelOptions options;
        options.headSize = GetParam().headSize;
        options.storage = GetParam().storage;
        return options;
    }
    static LoadOptions loadOptions()
    {
        LoadOptions load;
        load.backend = GetParam().backend;
        return load;
    }
    static bool isAbsent()
    {
        return GetParam().vectorTarget != 0 && !test::vectorTargetIsPresent(GetParam().vectorTarget);
    }
    BitExact()
    {
        if (GetParam().vectorTarget != 0 && !isAbsent())
            m_target.emplace(GetParam().vectorTarget);
    }
    void SetUp() override
    {
        if (isAbsent())
            GTEST_SKIP() << "this processor has no " << test::vectorTargetName(GetParam().vectorTarget);
        ASSERT_EQ(preparedBackend(m_session.model()), GetParam().backend);
    }
    std::shared_ptr<const PassResult> run(const Intervention *edits = nullptr)
    {
        return run(m_session, edits);
    }
    std::shared_ptr<const PassResult> run(ModelSession &session, const Intervention *edits) const
    {
        PassRequest request;
        request.tokens = m_tokens;
        request.intervention = edits;
        return session.transformer().run(request, {});
    }
    /// The same bytes, or on OpenBLAS within its sums in another order.
    static void expectSame(std::span<const float> left, std::span<const float> right)
    {
        ASSERT_EQ(left.size(), right.size());
        if (GetParam().backend != GemmBackend::Blas) {
            EXPECT_EQ(std::memcmp(left.data(), right.data(), left.size_bytes()), 0);
            return;
        }
        double largest = 1.0;
        for (const float value : right)
            largest = std::max(largest, std::fabs(static_cast<double>(value)));
        for (std::size_t at = 0; at < left.size(); ++at)
            ASSERT_NEAR(left[at], right[at], kOfBlas * largest) << at;
    }
    static void expectSame(const PassResult &left, const PassResult &right)
    {
        if (GetParam().backend != GemmBackend::Blas) {
            EXPECT_TRUE(test::sameBytes(left, right));
            return;
        }
        expectSame(left.logitsLast, right.logitsLast);
        for (std::size_t layer = 0; layer < left.layers.size(); ++layer) {
            const LayerRecord &a = *left.layers[layer];
            const LayerRecord &b = *right.layers[layer];
            expectSame(a.patterns, b.patterns);
            for (const auto part : {&LayerRecord::residualIn, &LayerRecord::keys, &LayerRecord::values,
                     &LayerRecord::sinkMass, &LayerRecord::restMass, &LayerRecord::entropy,
                     &LayerRecord::restEntropy, &LayerRecord::lastRow})
                expectSame((a.*part).values(), (b.*part).values());
        }
    }

    std::optional<test::ForcedVectorTarget> m_target; // before the session: it runs on it
    std::string m_path = test::writeTinyModel(options());
    std::vector<TokenId> m_tokens = someTokens(GetParam().tokens);
    ModelSession m_session {m_path, loadOptions()};
};

TEST_P(BitExact, EditsWithoutEffectEqualNoEdit)
{
    const auto plain = run();
    for (const EditKind kind :
        {EditKind::Probability, EditKind::Logit, EditKind::Key, EditKind::KeyShared, EditKind::Gain}) {
        SCOPED_TRACE(kindName(kind));
        const Intervention ones = test::everyHead(3, 4, test::headEdit(0, 0, 1.0, 0, kind));
        EXPECT_TRUE(test::sameBytes(*run(&ones), *plain));
    }
    const Intervention noBias = test::everyHead(3, 4, test::biasEdit(0, 0, 0.0));
    EXPECT_TRUE(test::sameBytes(*run(&noBias), *plain));
}

// Factors of 1 are dropped before any kernel. These reach them: 2 and 1/2 on the same target, in all rows,
// multiply without rounding to 1.
TEST_P(BitExact, FactorsWhoseProductIsOneEqualNoEdit)
{
    const auto plain = run();
    for (const EditKind kind : {EditKind::Probability, EditKind::Key, EditKind::Gain}) {
        SCOPED_TRACE(kindName(kind));
        Intervention pairs;
        for (int layer = 0; layer < 3; ++layer)
            for (int head = 0; head < 4; ++head) {
                pairs.set(test::headEdit(layer, head, 2.0, 0, kind));
                pairs.set(
                    test::onRows(test::headEdit(layer, head, 0.5, 0, kind), QuerySelection::Kind::From, 0));
            }
        ASSERT_EQ(pairs.edits().size(), 24U);
        EXPECT_TRUE(test::sameBytes(*run(&pairs), *plain));
    }
}

TEST_P(BitExact, ARestartEqualsTheFullPass)
{
    const auto baseline = run();
    for (const test::NamedIntervention &named : interventions()) {
        SCOPED_TRACE(named.name);
        PassRequest request;
        request.tokens = m_tokens;
        request.intervention = &named.intervention;
        request.restartFrom = baseline;
        request.restartLayer = lowestLayerOf(named.intervention);
        const auto restarted = m_session.transformer().run(request, {});
        EXPECT_EQ(restarted->firstComputedLayer, request.restartLayer);
        expectSame(*restarted, *run(&named.intervention));
    }
}

TEST_P(BitExact, ABatchEqualsItsVariantsOneByOne)
{
    const auto baseline = run();
    const std::vector<test::NamedIntervention> all = interventions();
    std::vector<Intervention> variants;
    variants.reserve(all.size());
    for (const test::NamedIntervention &named : all)
        variants.push_back(named.intervention);
    for (const int focusLayer : {0, 1, 2}) {
        const HeadRef focus {LayerIndex(focusLayer), HeadIndex(2)};
        const auto batch = m_session.transformer().runBatch({.tokens = m_tokens,
                                                                .variants = variants,
                                                                .restartFrom = baseline,
                                                                .restartLayer = LayerIndex(0),
                                                                .focus = focus},
            {});
        ASSERT_TRUE(batch.has_value());
        ASSERT_EQ(batch->focus.size(), variants.size());
        for (std::size_t variant = 0; variant < variants.size(); ++variant) {
            SCOPED_TRACE(variant);
            const auto single = run(&variants[variant]);
            expectSame(batch->logitsLast.row(variant), single->logitsLast);
            const RowSummary expected = lastRowOf(*single, focus);
            const RowSummary &summary = batch->focus[variant];
            expectSame(figuresOf(summary), figuresOf(expected));
        }
    }
}

TEST_P(BitExact, ABatchAboveTheLowestLayerEqualsItsVariants)
{
    const auto baseline = run();
    std::vector<Intervention> variants {{}};
    for (const test::NamedIntervention &named : interventions())
        if (lowestLayerOf(named.intervention).value >= 1)
            variants.push_back(named.intervention);
    const auto batch = m_session.transformer().runBatch({.tokens = m_tokens,
                                                            .variants = variants,
                                                            .restartFrom = baseline,
                                                            .restartLayer = LayerIndex(1),
                                                            .focus = {}},
        {});
    ASSERT_TRUE(batch.has_value());
    for (std::size_t variant = 0; variant < variants.size(); ++variant) {
        SCOPED_TRACE(variant);
        expectSame(batch->logitsLast.row(variant), run(&variants[variant])->logitsLast);
    }
}

TEST_P(BitExact, AnyNumberOfThreadsGivesTheSameBytes)
{
    for (const int threads : {1, 3, 7}) {
        SCOPED_TRACE(threads);
        ModelSession other(m_path, loadOptions(), threads);
        for (const test::NamedIntervention &named : interventions()) {
            SCOPED_TRACE(named.name);
            expectSame(*run(other, &named.intervention), *run(&named.intervention));
        }
    }
}

TEST_P(BitExact, ReadingOnEqualsReadingAtOnce)
{
    const Intervention edits = test::everyHead(3, 4, test::headEdit(0, 0, 0.4));
    const auto whole = m_session.run(m_tokens, &edits); // with the logits of every row
    const std::size_t first = m_tokens.size() / 2;
    const auto begin =
        m_session.run({m_tokens.begin(), m_tokens.begin() + static_cast<std::ptrdiff_t>(first)}, &edits);
    KvCache cache = KvCache::fromPass(*begin);
    for (std::size_t row = first; row < m_tokens.size(); ++row) {
        SCOPED_TRACE(row);
        const auto logits =
            m_session.transformer().extend(cache, std::span(m_tokens).subspan(row, 1), &edits, {});
        ASSERT_TRUE(logits.has_value());
        expectSame(logits->row(0), whole->logitsAll.row(row));
    }
}

TEST_P(BitExact, LogitsOfTheLastRowDoNotDependOnTheOthers)
{
    expectSame(run()->logitsLast, m_session.run(m_tokens)->logitsAll.row(m_tokens.size() - 1));
}

std::vector<Shape> shapes()
{
    std::vector<Shape> all {{8, 12}, {64, 70}, {80, 40}, {64, 150}, {8, 12, GemmBackend::Amx},
        {8, 40, GemmBackend::Amx, test::TinyStorage::Q4_1},
        {80, 33, GemmBackend::Amx, test::TinyStorage::F16}, {8, 12, GemmBackend::Blas},
        {64, 70, GemmBackend::Blas}};
    for (const std::int64_t target : test::vectorTargets()) {
        all.push_back({64, 70, GemmBackend::Packed, test::TinyStorage::F32, target});
        all.push_back({24, 33, GemmBackend::Packed, test::TinyStorage::Q4_1, target});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Shapes, BitExact, testing::ValuesIn(shapes()), [](const auto &shape) {
    return "HeadSize" + std::to_string(shape.param.headSize) + "Tokens" + std::to_string(shape.param.tokens)
        + std::string(gemmBackendName(shape.param.backend))
        + (shape.param.vectorTarget == 0 ? "" : "On" + test::vectorTargetName(shape.param.vectorTarget));
});

} // namespace
} // namespace sinkscope
