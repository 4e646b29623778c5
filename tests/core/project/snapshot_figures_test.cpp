// SPDX-License-Identifier: Apache-2.0
// Figures of a pass against later ones: equal bit by bit here, within fp32's drift elsewhere.
#include "core/project/snapshot_figures.h"

#include "core/base/error.h"
#include "core/engine/engine.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

namespace sinkscope::test {

namespace {

constexpr GemmBackend kBackend = GemmBackend::Packed;

/// A complete pass of a tiny model with an edit and answers of one and of several tokens.
class PinnedFigures : public testing::Test {
protected:
    PinnedFigures()
        : m_engine(EngineOptions {.threadCount = 2, .load = {.backend = kBackend}})
    {
        m_engine.loadModel(writeTinyModel(), [](double, const std::string &) {}, {});
        m_question.prompt.text = "the cat sat on the mat, and";
        m_question.answers = {" the", " cat sat"};
        m_question.intervention.setFactor({LayerIndex(1), HeadIndex(2)}, 0.3);
        preview = m_engine.preview(m_question, {})->edited;
        full = m_engine.complete(m_engine.preview(m_question, {}).value(), {})->edited;
    }

    FigureComparison after(const std::function<void(SnapshotFigures &)> &change) const
    {
        SnapshotFigures figures = figuresOf(*full, kBackend);
        change(figures);
        return compareFigures(figures, *full, kBackend);
    }

    std::shared_ptr<const Snapshot> preview;
    std::shared_ptr<const Snapshot> full;

private:
    Engine m_engine;
    PassQuestion m_question;
};

void fromElsewhere(SnapshotFigures &figures)
{
    figures.computedWith = "packed, another set, 0.0.1";
}

} // namespace

TEST_F(PinnedFigures, OfTheSamePassAreEqual)
{
    const FigureComparison same = after([](SnapshotFigures &) {});
    EXPECT_TRUE(same.ok());
    EXPECT_EQ(same.worst.difference, 0.0);
    // output entropy, number of answers, two figures each of two answers, 20 tokens, 3 figures of 3 x 4 heads
    EXPECT_EQ(same.compared, 1 + 1 + 4 + 20 + 36);
}

TEST_F(PinnedFigures, ComputedWithTheSameMustBeEqualToTheBit)
{
    const FigureComparison one = after([](SnapshotFigures &figures) {
        float &mass = figures.sinkMassLast.at(2, 1);
        mass = std::nextafter(mass, 2.0F);
    });
    EXPECT_EQ(one.failed, 1);
    EXPECT_EQ(one.worst.figure, "a0 of L2H1");
    EXPECT_EQ(one.worst.tolerance, 0.0);
    EXPECT_GT(one.worst.difference, 0.0);
}

TEST_F(PinnedFigures, ComputedElsewhereMayDifferByWhatFp32Differs)
{
    const FigureComparison within = after([](SnapshotFigures &figures) {
        fromElsewhere(figures);
        figures.outputEntropyNats += 1.5e-4; // three quarters of what is allowed
        figures.sinkMassLast.at(0, 0) += 1e-5F; // a third
    });
    EXPECT_TRUE(within.ok());
    EXPECT_EQ(within.worst.figure, "output entropy");
    EXPECT_NEAR(within.worst.difference, 1.5e-4, 1e-12); // a difference of numbers near 5
    EXPECT_DOUBLE_EQ(within.worst.tolerance, 2e-4);

    const FigureComparison beyond = after([](SnapshotFigures &figures) {
        fromElsewhere(figures);
        figures.outputEntropyNats += 1.5e-4;
        figures.answers[1].logProb += 2e-3; // of two tokens or more
    });
    EXPECT_FALSE(beyond.ok());
    EXPECT_EQ(beyond.failed, 1);
    EXPECT_EQ(beyond.worst.figure, "ln p of \" cat sat\"");
    EXPECT_DOUBLE_EQ(beyond.worst.tolerance, 5e-4 * static_cast<double>(full->output.answers[1].ids.size()));
}

TEST_F(PinnedFigures, EachKindOfFigureIsCompared)
{
    const std::pair<const char *, std::function<void(SnapshotFigures &)>> changes[] = {
        {"output entropy", [](SnapshotFigures &figures) { figures.outputEntropyNats += 1.0; }},
        {"number of answers", [](SnapshotFigures &figures) { figures.answers.pop_back(); }},
        {"p of \" the\"", [](SnapshotFigures &figures) { figures.answers[0].p += 0.5; }},
        {"p of token", [](SnapshotFigures &figures) { figures.top[19].p += 0.5; }},
        {"p of token", [](SnapshotFigures &figures) { figures.top[0].id = TokenId(100000); }},
        {"a0 of L0H3", [](SnapshotFigures &figures) { figures.sinkMassLast.at(0, 3) = NAN; }},
        {"entropy of L1H0", [](SnapshotFigures &figures) { figures.entropyLast.at(1, 0) += 1.0F; }},
        {"entropy without key 0 of L1H1",
            [](SnapshotFigures &figures) { figures.entropyWithoutSinkLast.at(1, 1) += 1.0F; }},
        {"number of heads with a0", [](SnapshotFigures &figures) { figures.sinkMassLast = Matrix(3, 5); }},
    };
    for (const auto &[figure, change] : changes) {
        const FigureComparison found = after([&](SnapshotFigures &figures) {
            fromElsewhere(figures);
            change(figures);
        });
        EXPECT_EQ(found.failed, 1) << figure;
        EXPECT_EQ(found.worst.figure.find(figure), 0U) << found.worst.figure << " for " << figure;
        EXPECT_FALSE(found.worst.holds());
    }
}

TEST_F(PinnedFigures, OfAnUnfinishedPassAreRefused)
{
    EXPECT_THROW(figuresOf(*preview, kBackend), RequestError);
}

} // namespace sinkscope::test
