// SPDX-License-Identifier: Apache-2.0
// A pass that keeps the early rows of another one equals the whole pass, and really keeps them.
#include "core/intervention/intervention_diff.h"
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/pass_comparison.h"
#include "tests/support/test_values.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::headEdit;
using test::ModelSession;
using test::onRows;
using test::sameBytes;
using test::someTokens;
using test::withEdits;
using Rows = QuerySelection::Kind;

TokenPos lastOf(const std::vector<TokenId> &tokens)
{
    return TokenPos(static_cast<std::int32_t>(tokens.size()) - 1);
}

LoadOptions onBackend(GemmBackend backend)
{
    LoadOptions load;
    load.backend = backend;
    return load;
}

/// The interventions of all tests, and some whose edits all lie in late rows.
std::vector<test::NamedIntervention> interventions(int tokens)
{
    std::vector<test::NamedIntervention> all = test::manyInterventions();
    const int late = tokens - 4;
    all.push_back({"late span, two layers",
        withEdits({onRows(headEdit(1, 1, 0.2), Rows::Span, late, late + 2),
            onRows(headEdit(2, 3, 5.0), Rows::From, late + 1)})});
    all.push_back({"late key", withEdits({headEdit(0, 1, 4.0, late)})});
    all.push_back({"late shared key", withEdits({headEdit(0, 1, 1.5, late, EditKind::KeyShared)})});
    all.push_back({"late rows beyond the prompt", withEdits({onRows(headEdit(0, 1, 4.0), Rows::From, 900)})});
    return all;
}

// Prompts over one panel of keys (64) and one chain of a sum (128); heads that fill a panel and heads that do
// not.
struct Shape {
    int headSize;
    int tokens;
};

class RestartRows : public testing::TestWithParam<Shape> {
protected:
    static std::string writeModel()
    {
        test::TinyModelOptions options;
        options.headSize = GetParam().headSize;
        return test::writeTinyModel(options);
    }
    std::shared_ptr<const PassResult> run(const Intervention *edits = nullptr)
    {
        PassRequest request;
        request.tokens = m_tokens;
        request.intervention = edits;
        return m_session.transformer().run(request, {});
    }
    /// The pass under `edits` from the lowest layer and the first row where they differ from `baseEdits`.
    std::shared_ptr<const PassResult> restarted(
        const Intervention &edits, std::shared_ptr<const PassResult> base, const Intervention &baseEdits = {})
    {
        const TokenPos last = lastOf(m_tokens);
        PassRequest request;
        request.tokens = m_tokens;
        request.intervention = &edits;
        request.restartFrom = std::move(base);
        request.restartLayer = lowestDifferingLayer(baseEdits, edits).value();
        request.restartRow = std::min(last, firstDifferingRow({baseEdits, last}, {edits, last}).value());
        const auto pass = m_session.transformer().run(request, {});
        EXPECT_EQ(pass->firstComputedRow, request.restartRow);
        return pass;
    }

    std::string m_path = writeModel();
    std::vector<TokenId> m_tokens = someTokens(GetParam().tokens);
    ModelSession m_session {m_path, onBackend(GemmBackend::Packed)};
};

TEST_P(RestartRows, EqualTheWholePassForEveryKindAndSelection)
{
    const auto baseline = run();
    int keptRows = 0;
    for (const test::NamedIntervention &named : interventions(GetParam().tokens)) {
        SCOPED_TRACE(named.name);
        const auto pass = restarted(named.intervention, baseline);
        EXPECT_TRUE(sameBytes(*pass, *run(&named.intervention)));
        keptRows += pass->firstComputedRow.value > 0 ? 1 : 0;
    }
    EXPECT_GE(keptRows, 15) << "most selections begin late";
}

TEST_P(RestartRows, FromAnEditedPassAndBack)
{
    const Intervention base = withEdits({headEdit(0, 2, 0.4), onRows(headEdit(2, 1, 3.0), Rows::Last)});
    const auto basePass = run(&base);
    Intervention edits = base;
    edits.set(onRows(headEdit(1, 3, 0.1), Rows::From, GetParam().tokens - 3));
    const auto edited = restarted(edits, basePass, base);
    EXPECT_EQ(edited->firstComputedRow.value, GetParam().tokens - 3);
    EXPECT_TRUE(sameBytes(*edited, *run(&edits)));
    EXPECT_TRUE(sameBytes(*restarted(base, edited, edits), *basePass));
}

TEST_P(RestartRows, AnyNumberOfThreadsGivesTheSameBytes)
{
    const Intervention edits = withEdits({onRows(headEdit(1, 1, 0.3), Rows::From, 5)});
    const auto two = restarted(edits, run());
    for (const int threads : {1, 3}) {
        ModelSession other(m_path, onBackend(GemmBackend::Packed), threads);
        PassRequest request;
        request.tokens = m_tokens;
        request.restartFrom = other.transformer().run(request, {});
        request.intervention = &edits;
        request.restartLayer = LayerIndex(1);
        request.restartRow = TokenPos(5);
        EXPECT_TRUE(sameBytes(*other.transformer().run(request, {}), *two)) << threads;
    }
}

// Records below the row come from the earlier pass: what was changed in it is found again.
TEST_P(RestartRows, EarlyRowsAreTakenOverNotComputed)
{
    const auto baseline = run();
    const auto doctored = std::make_shared<PassResult>(*baseline);
    const auto record = std::make_shared<LayerRecord>(*baseline->layers[1]);
    record->entropy.at(2, 3) = 77.0F;
    record->patterns[LayerRecord::triangleSize(3) + 1] = 0.77F; // head 0, row 3, key 1
    doctored->layers[1] = record;
    const Intervention edits = withEdits({onRows(headEdit(1, 1, 0.3), Rows::From, 5)});
    const auto pass = restarted(edits, doctored);
    EXPECT_EQ(pass->layers[0], baseline->layers[0]);
    EXPECT_EQ(pass->layers[1]->entropy.at(2, 3), 77.0F);
    EXPECT_EQ(pass->layers[1]->patternRow(HeadIndex(0), TokenPos(3))[1], 0.77F);
}

// A text that grows, and one whose end is replaced: other prompts with the same beginning.
TEST_P(RestartRows, OfAnotherPromptWithTheSameBeginning)
{
    const Intervention edits = withEdits({headEdit(1, 1, 0.3)});
    const std::size_t common = m_tokens.size() / 2;
    for (const std::size_t othersLength : {common, m_tokens.size(), m_tokens.size() + 9}) {
        SCOPED_TRACE(othersLength);
        std::vector<TokenId> other = test::randomTokens(othersLength, 3);
        std::copy_n(m_tokens.begin(), common, other.begin());
        PassRequest request;
        request.tokens = other;
        request.intervention = &edits;
        request.restartFrom = m_session.transformer().run(request, {});
        request.tokens = m_tokens;
        request.restartRow = TokenPos(static_cast<std::int32_t>(common));
        const auto pass = m_session.transformer().run(request, {});
        EXPECT_EQ(pass->firstComputedRow, request.restartRow);
        EXPECT_TRUE(sameBytes(*pass, *run(&edits)));
    }
}

// The prompt's last row is where "last" begins; a text is read on the same way after either pass.
TEST_P(RestartRows, ReadingOnAfterALastRowEditIsTheSame)
{
    const Intervention edits = test::everyHead(3, 4, onRows(headEdit(0, 0, 0.2), Rows::Last));
    const std::vector<TokenId> more = test::randomTokens(3, 9);
    const auto readOn = [&](const PassResult &pass) {
        KvCache cache = KvCache::fromPass(pass);
        return m_session.transformer().extend(cache, more, &edits, {}).value();
    };
    const Matrix kept = readOn(*restarted(edits, run()));
    const Matrix whole = readOn(*run(&edits));
    EXPECT_TRUE(std::ranges::equal(kept.values(), whole.values()));
}

INSTANTIATE_TEST_SUITE_P(Shapes, RestartRows,
    testing::Values(Shape {8, 14}, Shape {64, 70}, Shape {80, 40}, Shape {64, 150}), [](const auto &shape) {
        return "HeadSize" + std::to_string(shape.param.headSize) + "Tokens"
            + std::to_string(shape.param.tokens);
    });

class RestartRowsOnBlas : public testing::Test {
protected:
    std::vector<TokenId> m_tokens = someTokens(40);
    ModelSession m_session {test::writeTinyModel(), onBackend(GemmBackend::Blas)};
};

// OpenBLAS chooses kernels by shape, so that sums may be taken in another order.
constexpr float kSamePass = 1e-5F;

TEST_F(RestartRowsOnBlas, EqualTheWholePass)
{
    PassRequest request;
    request.tokens = m_tokens;
    const auto baseline = m_session.transformer().run(request, {});
    for (const test::NamedIntervention &named : interventions(40)) {
        SCOPED_TRACE(named.name);
        request.intervention = &named.intervention;
        request.restartFrom = nullptr;
        const auto whole = m_session.transformer().run(request, {});
        request.restartFrom = baseline;
        request.restartRow = std::min(TokenPos(39),
            firstDifferingRow({Intervention(), TokenPos(39)}, {named.intervention, TokenPos(39)}).value());
        const auto pass = m_session.transformer().run(request, {});
        for (std::size_t at = 0; at < whole->logitsLast.size(); ++at)
            ASSERT_NEAR(pass->logitsLast[at], whole->logitsLast[at], kSamePass);
        for (std::size_t layer = 0; layer < 3; ++layer)
            for (std::size_t at = 0; at < whole->layers[layer]->patterns.size(); ++at)
                ASSERT_NEAR(pass->layers[layer]->patterns[at], whole->layers[layer]->patterns[at], kSamePass);
    }
}

TEST_F(RestartRowsOnBlas, AllRowsAreComputedWhereSomeCannotBeKept)
{
    const Intervention edits = withEdits({onRows(headEdit(1, 1, 0.3), Rows::Last)});
    PassRequest request;
    request.tokens = m_tokens;
    request.capture.patternBudgetBytes = 0;
    request.restartFrom = m_session.transformer().run(request, {});
    request.intervention = &edits;
    request.restartLayer = LayerIndex(1);
    request.restartRow = TokenPos(39);
    EXPECT_EQ(m_session.transformer().run(request, {})->firstComputedRow, TokenPos(39));
    request.capture.patternLayers = {LayerIndex(2)};
    const auto withPattern = m_session.transformer().run(request, {});
    EXPECT_EQ(withPattern->firstComputedRow, TokenPos(0));
    EXPECT_TRUE(withPattern->layers[2]->hasPatterns());
    request.capture = {};
    request.capture.logitRows = LogitRows::All;
    const auto allLogits = m_session.transformer().run(request, {});
    EXPECT_EQ(allLogits->firstComputedRow, TokenPos(0));
    EXPECT_EQ(allLogits->logitsAll.rows(), 40U);
}

} // namespace
} // namespace sinkscope
