// SPDX-License-Identifier: Apache-2.0
// Previews with fewer terms on the tile unit: named, near, and never more than a preview.
#include "core/engine/engine.h"
#include "tests/support/software_tiles.h"
#include "tests/support/tiny_model.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace sinkscope {
namespace {

/// Weights in tiles, multiplied on a model of the tile unit where the processor has none.
class EngineOnTilesTest : public ::testing::Test {
protected:
    static EngineOptions options()
    {
        EngineOptions options;
        options.load.backend = GemmBackend::Amx;
        options.tileKernel = test::anyTileKernel();
        return options;
    }

    void SetUp() override
    {
        m_path = test::writeTinyModel();
        m_tiles.loadModel(m_path, {}, {});
        m_question.id = 1;
        m_question.prompt.text = "The cat sat on the mat";
        m_question.answers = {" a", "bc"};
        turn(0, 1, 4.0);
    }

    PassAnswer ask(Engine &engine) const
    {
        return engine.complete(engine.preview(m_question, {}).value(), {}).value();
    }

    void turn(int layer, int head, double gamma)
    {
        m_question.intervention.setFactor({LayerIndex(layer), HeadIndex(head)}, gamma);
    }

    std::string m_path;
    Engine m_tiles {options()};
    PassQuestion m_question;
};

TEST_F(EngineOnTilesTest, APreviewWithFewerTermsIsNearAndNamed)
{
    const auto exact = m_tiles.preview(m_question, {});
    m_tiles.loadModel(m_path, {}, {});
    m_question.previewPrecision = GemmPrecision::OneTerm;
    const auto coarse = m_tiles.preview(m_question, {});
    EXPECT_EQ(exact->edited->precision, GemmPrecision::Exact);
    EXPECT_EQ(coarse->edited->precision, GemmPrecision::OneTerm);
    EXPECT_EQ(coarse->baseline->precision, GemmPrecision::Exact);
    EXPECT_EQ(coarse->baseline->pass->logitsLast, exact->baseline->pass->logitsLast);
    EXPECT_NE(coarse->edited->pass->logitsLast, exact->edited->pass->logitsLast);
    // One term keeps 8 bits of each activation; the tiny model's logits are of order 1.
    EXPECT_NEAR(coarse->edited->output.entropyNats, exact->edited->output.entropyNats, 0.02);
}

TEST_F(EngineOnTilesTest, TheFullAnswerIsExactAndNothingStartsAtACoarsePass)
{
    m_question.previewPrecision = GemmPrecision::OneTerm;
    const PassAnswer full = ask(m_tiles);
    turn(1, 0, 0.5); // would start at the pass before
    const PassAnswer next = ask(m_tiles);
    m_question.previewPrecision = GemmPrecision::Exact;
    Engine fresh(options());
    fresh.loadModel(m_path, {}, {});
    EXPECT_EQ(next.edited->precision, GemmPrecision::Exact);
    EXPECT_EQ(next.edited->pass->logitsLast, ask(fresh).edited->pass->logitsLast);
    m_question.intervention = full.edited->intervention;
    EXPECT_EQ(full.edited->pass->logitsLast, ask(fresh).edited->pass->logitsLast);
    EXPECT_EQ(full.edited->precision, GemmPrecision::Exact);
}

TEST_F(EngineOnTilesTest, DerivativesAndCurvesAreExactAfterACoarsePreview)
{
    const CurveQuestion curve {
        .scope = {{.head = {LayerIndex(1), HeadIndex(0)}}}, .gammas = {3.0}, .focus = {}};
    ask(m_tiles);
    const auto exact = m_tiles.sensitivity({});
    const auto exactPoints = m_tiles.curvePoints(curve, 0, {});
    m_tiles.loadModel(m_path, {}, {});
    m_question.previewPrecision = GemmPrecision::OneTerm;
    m_tiles.preview(m_question, {});
    const auto points = m_tiles.curvePoints(curve, 0, {});
    const auto derived = m_tiles.sensitivity({});
    EXPECT_EQ(derived->outputEntropyNats, exact->outputEntropyNats);
    EXPECT_TRUE(std::ranges::equal(derived->dEntropy.values(), exact->dEntropy.values()));
    ASSERT_EQ(points.size(), 1U);
    EXPECT_EQ(points.front().outputEntropyNats, exactPoints.front().outputEntropyNats);
}

TEST_F(EngineOnTilesTest, OtherBackendsAreExactWhateverIsAsked)
{
    Engine packed;
    packed.loadModel(m_path, {}, {});
    const PassAnswer exact = ask(packed);
    m_question.previewPrecision = GemmPrecision::OneTerm;
    Engine other;
    other.loadModel(m_path, {}, {});
    const auto preview = other.preview(m_question, {});
    EXPECT_EQ(preview->edited->precision, GemmPrecision::Exact);
    EXPECT_EQ(preview->edited->pass->logitsLast, exact.edited->pass->logitsLast);
}

} // namespace
} // namespace sinkscope
