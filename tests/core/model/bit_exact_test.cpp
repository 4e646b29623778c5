// SPDX-License-Identifier: Apache-2.0
// The packed and the amx backend give the same bytes whatever the way there: restart, batch, cache, threads.
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/pass_comparison.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <cstring>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using test::ModelSession;
using test::someTokens;

bool sameBytes(std::span<const float> left, std::span<const float> right)
{
    return left.size() == right.size() && std::memcmp(left.data(), right.data(), left.size_bytes()) == 0;
}

void expectSameRecords(const PassResult &left, const PassResult &right)
{
    EXPECT_TRUE(test::sameBytes(left, right));
}

// Prompts over one panel of keys (64) and one chain of a sum (128); heads that fill a panel and heads that do
// not.
struct Shape {
    int headSize;
    int tokens;
    GemmBackend backend = GemmBackend::Packed;
    test::TinyStorage storage = test::TinyStorage::F32;
};

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
    void SetUp() override { ASSERT_EQ(preparedBackend(m_session.model()), GetParam().backend); }
    std::shared_ptr<const PassResult> run(const Intervention *edits = nullptr)
    {
        PassRequest request;
        request.tokens = m_tokens;
        request.intervention = edits;
        return m_session.transformer().run(request, {});
    }

    std::string m_path = test::writeTinyModel(options());
    std::vector<TokenId> m_tokens = someTokens(GetParam().tokens);
    ModelSession m_session {m_path, loadOptions()};
};

TEST_P(BitExact, GammaOneEqualsNoEdit)
{
    for (const EditKind kind : {EditKind::Probability, EditKind::Logit, EditKind::Key}) {
        const Intervention ones = test::everyHead(3, 4, test::headEdit(0, 0, 1.0, 0, kind));
        expectSameRecords(*run(&ones), *run());
    }
}

TEST_P(BitExact, ARestartEqualsTheFullPass)
{
    const auto baseline = run();
    for (const int layer : {0, 1, 2}) {
        SCOPED_TRACE(layer);
        const Intervention edits = test::withEdits({test::headEdit(layer, 1, 0.3)});
        PassRequest request;
        request.tokens = m_tokens;
        request.intervention = &edits;
        request.restartFrom = baseline;
        request.restartLayer = LayerIndex(layer);
        const auto restarted = m_session.transformer().run(request, {});
        expectSameRecords(*restarted, *run(&edits));
    }
}

TEST_P(BitExact, ABatchEqualsItsVariantsOneByOne)
{
    const auto baseline = run();
    std::vector<Intervention> variants;
    for (const double gamma : {0.0, 0.3, 1.0, 7.0})
        variants.push_back(test::withEdits({test::headEdit(1, 2, gamma)}));
    variants.push_back(test::withEdits({test::headEdit(1, 0, 2.0), test::headEdit(2, 3, 0.5)}));
    for (const int focusLayer : {0, 1, 2}) {
        const HeadRef focus {LayerIndex(focusLayer), HeadIndex(2)};
        const auto batch = m_session.transformer().runBatch({.tokens = m_tokens,
                                                                .variants = variants,
                                                                .restartFrom = baseline,
                                                                .restartLayer = LayerIndex(1),
                                                                .focus = focus},
            {});
        ASSERT_TRUE(batch.has_value());
        ASSERT_EQ(batch->focus.size(), variants.size());
        for (std::size_t variant = 0; variant < variants.size(); ++variant) {
            SCOPED_TRACE(variant);
            const auto single = run(&variants[variant]);
            EXPECT_TRUE(sameBytes(batch->logitsLast.row(variant), single->logitsLast));
            const LayerRecord &record = *single->layers[static_cast<std::size_t>(focusLayer)];
            const std::size_t last = m_tokens.size() - 1;
            EXPECT_EQ(static_cast<float>(batch->focus[variant].sinkMass), record.sinkMass.at(2, last));
            EXPECT_EQ(static_cast<float>(batch->focus[variant].entropy), record.entropy.at(2, last));
            EXPECT_EQ(static_cast<float>(batch->focus[variant].restEntropy), record.restEntropy.at(2, last));
        }
    }
}

TEST_P(BitExact, AnyNumberOfThreadsGivesTheSameBytes)
{
    const Intervention edits = test::withEdits({test::headEdit(0, 1, 0.3), test::headEdit(1, 1, 3.0)});
    const auto two = run(&edits);
    for (const int threads : {1, 3, 7}) {
        SCOPED_TRACE(threads);
        ModelSession other(m_path, loadOptions(), threads);
        PassRequest request;
        request.tokens = m_tokens;
        request.intervention = &edits;
        expectSameRecords(*other.transformer().run(request, {}), *two);
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
        const auto logits =
            m_session.transformer().extend(cache, std::span(m_tokens).subspan(row, 1), &edits, {});
        ASSERT_TRUE(logits.has_value());
        ASSERT_TRUE(sameBytes(logits->row(0), whole->logitsAll.row(row))) << "row " << row;
    }
}

TEST_P(BitExact, LogitsOfTheLastRowDoNotDependOnTheOthers)
{
    EXPECT_TRUE(sameBytes(run()->logitsLast, m_session.run(m_tokens)->logitsAll.row(m_tokens.size() - 1)));
}

INSTANTIATE_TEST_SUITE_P(Shapes, BitExact,
    testing::Values(Shape {8, 12}, Shape {64, 70}, Shape {80, 40}, Shape {64, 150},
        Shape {8, 12, GemmBackend::Amx}, Shape {8, 40, GemmBackend::Amx, test::TinyStorage::Q4_1},
        Shape {80, 33, GemmBackend::Amx, test::TinyStorage::F16}),
    [](const auto &shape) {
        return "HeadSize" + std::to_string(shape.param.headSize) + "Tokens"
            + std::to_string(shape.param.tokens) + std::string(gemmBackendName(shape.param.backend));
    });

} // namespace
} // namespace sinkscope
