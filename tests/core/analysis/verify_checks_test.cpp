// SPDX-License-Identifier: Apache-2.0
// What the trust report compares: each comparison and each check goes red on a broken pass.
#include "core/analysis/verify_checks.h"

#include "core/analysis/pass_difference.h"
#include "tests/support/model_session.h"
#include "tests/support/test_values.h"
#include "tests/support/tiny_model.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace sinkscope {
namespace {

/// `pass` with another record in `layer`.
PassResult withLayer(const PassResult &pass, std::size_t layer, LayerRecord record)
{
    PassResult changed;
    changed.layers = pass.layers;
    changed.layers[layer] = std::make_shared<const LayerRecord>(std::move(record));
    changed.logitsLast = pass.logitsLast;
    changed.finalNormLast = pass.finalNormLast;
    return changed;
}

TEST(PassDifference, SeesOneChangedValueWhereverItIs)
{
    test::ModelSession session(test::writeTinyModel());
    const auto pass = session.run(test::someTokens(13));
    EXPECT_EQ(differingBytes(*pass, *session.run(test::someTokens(13))), 0U);
    for (const auto member : {&LayerRecord::residualIn, &LayerRecord::keys, &LayerRecord::values,
             &LayerRecord::sinkMass, &LayerRecord::restMass, &LayerRecord::entropy, &LayerRecord::restEntropy,
             &LayerRecord::sinkLogOdds, &LayerRecord::lastRow}) {
        LayerRecord record = *pass->layers[1];
        float &value = (record.*member).values().back();
        value = std::nextafter(value, 9.0F);
        EXPECT_GE(differingBytes(*pass, withLayer(*pass, 1, record)), 1U);
    }
    LayerRecord record = *pass->layers[2];
    record.patterns.back() += 0.125F;
    const PassResult changed = withLayer(*pass, 2, record);
    EXPECT_GE(differingBytes(*pass, changed), 1U);
    // The float that holds a weight below 1 is off by at most 2^-25 of it.
    EXPECT_NEAR(patternDifference(*pass, changed), 0.125, 1e-7);
    EXPECT_NEAR(rowSumError(changed), 0.125, 1e-6); // the other weights sum to 1 within 1e-6
    EXPECT_LT(rowSumError(*pass), 1e-6);
}

TEST(PassDifference, WhatIsNotANumberIsInfinitelyFar)
{
    const std::vector<float> one {1.0F, -4.0F};
    const std::vector<float> other {1.5F, -4.0F};
    EXPECT_EQ(largestDifference(one, other), 0.5);
    EXPECT_EQ(relativeDifference(one, other), 0.125);
    EXPECT_EQ(relativeDifference(one, one), 0.0);
    const std::vector<float> broken {std::numeric_limits<float>::quiet_NaN(), -4.0F};
    EXPECT_TRUE(std::isinf(largestDifference(broken, one)));
    EXPECT_TRUE(std::isinf(relativeDifference(one, broken)));
    EXPECT_TRUE(std::isinf(largestDifference(one, std::vector<float> {1.0F})));
}

TEST(PassDifference, RowsAreComparedByTheirNorm)
{
    Matrix rows(2, 2);
    rows.at(1, 0) = 3.0F;
    rows.at(1, 1) = 4.0F;
    Matrix other = rows;
    EXPECT_EQ(rowDifference(other.view(), rows.view()), 0.0);
    other.at(0, 0) = 0.5F; // a row that is zero is measured by the largest one, of norm 5
    EXPECT_EQ(rowDifference(other.view(), rows.view()), 0.1);
    other.at(0, 0) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_TRUE(std::isinf(rowDifference(other.view(), rows.view())));
    EXPECT_TRUE(std::isinf(rowDifference({}, rows.view())));
}

class ClosedFormErrorTest : public testing::Test {
protected:
    AttentionOutput attentionOf(const PassResult &pass, const Intervention *at)
    {
        return m_session.transformer().attentionOutput(pass, at, m_head.layer, {}).value();
    }
    ClosedFormError errorAt(double gamma) { return errorAt(gamma, m_attention, *m_edited); }
    ClosedFormError errorAt(double gamma, const AttentionOutput &attention, const PassResult &edited)
    {
        const std::size_t layer = m_head.layer.asSize();
        return closedFormError(m_session.model(), {*m_plain->layers[layer], m_plainAttention},
            {*edited.layers[layer], attention}, m_head, gamma);
    }

    HeadRef m_head {LayerIndex(1), HeadIndex(2)};
    test::ModelSession m_session {test::writeTinyModel()};
    Intervention m_edits = [this] {
        Intervention edits;
        edits.setFactor(m_head, 0.3);
        return edits;
    }();
    std::shared_ptr<const PassResult> m_plain = m_session.run(test::someTokens(13));
    std::shared_ptr<const PassResult> m_edited = m_session.run(test::someTokens(13), &m_edits);
    AttentionOutput m_plainAttention = attentionOf(*m_plain, nullptr);
    AttentionOutput m_attention = attentionOf(*m_edited, &m_edits);
};

TEST_F(ClosedFormErrorTest, SeesAnotherFactor)
{
    const ClosedFormError same = errorAt(0.3);
    EXPECT_LT(same.pattern, 1e-5); // fp32 rows of the same numbers
    EXPECT_LT(same.entropyNats, 1e-5);
    EXPECT_LT(same.headOutput, 1e-5);
    EXPECT_LT(same.residual, 1e-5);
    const ClosedFormError other = errorAt(0.31);
    EXPECT_GT(other.pattern, 1e-4);
    EXPECT_GT(other.entropyNats, 1e-4);
    EXPECT_GT(other.headOutput, 1e-4);
    EXPECT_GT(other.residual, 1e-4);
}

TEST_F(ClosedFormErrorTest, SeesWhatIsWrongInThePassAlone)
{
    AttentionOutput broken = m_attention;
    broken.heads.at(5, 2 * 8 + 3) += 0.01F; // heads of 8
    ClosedFormError error = errorAt(0.3, broken, *m_edited);
    EXPECT_GT(error.headOutput, 1e-4);
    EXPECT_LT(error.residual, 1e-5);
    broken = m_attention;
    broken.projected.at(5, 3) += 0.01F;
    error = errorAt(0.3, broken, *m_edited);
    EXPECT_LT(error.headOutput, 1e-5);
    EXPECT_GT(error.residual, 1e-4);
    LayerRecord record = *m_edited->layers[1];
    record.entropy.at(2, 7) = std::nextafter(record.entropy.at(2, 7), 9.0F) + 1e-3F;
    error = errorAt(0.3, m_attention, withLayer(*m_edited, 1, record));
    EXPECT_NEAR(error.entropyNats, 1e-3, 2e-5);
    EXPECT_LT(error.pattern, 1e-5);
}

/// A sound pass, and copies of it with one thing broken.
class VerifyChecks : public testing::Test {
protected:
    template <typename Change> PassResult broken(const Change &change) const
    {
        LayerRecord record = *m_pass->layers[2];
        change(record);
        return withLayer(*m_pass, 2, std::move(record));
    }
    PassResult withWeight(float added) const
    {
        return broken([&](LayerRecord &record) { record.patterns[40] += added; });
    }

    test::ModelSession m_session {test::writeTinyModel()};
    std::shared_ptr<const PassResult> m_pass = m_session.run(test::someTokens(13));
    float m_nan = std::numeric_limits<float>::quiet_NaN();
};

TEST_F(VerifyChecks, RowsThatDoNotSumToOneGoRed)
{
    EXPECT_TRUE(rowSumCheck("editedRowsSumToOne", *m_pass).ok);
    for (const float added : {3e-5F, -3e-5F, m_nan}) {
        const VerifyCheck check = rowSumCheck("editedRowsSumToOne", withWeight(added));
        EXPECT_FALSE(check.ok) << added;
        EXPECT_EQ(check.name, "editedRowsSumToOne");
    }
}

TEST_F(VerifyChecks, OneBitThatAnEditWithoutEffectChangesGoesRed)
{
    EXPECT_TRUE(unchangedCheck(*m_pass, *m_session.run(test::someTokens(13))).ok);
    const PassResult changed = broken([](LayerRecord &record) {
        record.residualIn.at(3, 1) = std::nextafter(record.residualIn.at(3, 1), 9.0F);
    });
    const VerifyCheck check = unchangedCheck(*m_pass, changed);
    EXPECT_FALSE(check.ok);
    EXPECT_EQ(check.name, "gammaOneChangesNothing");
    EXPECT_GE(check.value, 1.0);
}

TEST_F(VerifyChecks, ARestartThatDiffersGoesRed)
{
    PassResult slightly = broken([](LayerRecord &) {});
    slightly.logitsLast[7] = std::nextafter(slightly.logitsLast[7], 9.0F);
    for (const GemmBackend backend : {GemmBackend::Packed, GemmBackend::Amx, GemmBackend::Blas}) {
        SCOPED_TRACE(gemmBackendName(backend));
        EXPECT_TRUE(restartCheck(backend, *m_pass, *m_pass).ok);
        EXPECT_EQ(restartCheck(backend, *m_pass, slightly).ok, backend == GemmBackend::Blas);
        for (const float added : {3e-5F, m_nan}) {
            EXPECT_FALSE(restartCheck(backend, *m_pass, withWeight(added)).ok);
            PassResult logits = broken([](LayerRecord &) {});
            logits.logitsLast[7] += 10.0F * added;
            EXPECT_FALSE(restartCheck(backend, *m_pass, logits).ok);
        }
    }
}

TEST_F(VerifyChecks, AClosedFormThatIsOffGoesRedAlone)
{
    for (const double error : {2e-5, std::numeric_limits<double>::infinity()}) {
        const ClosedFormError errors[] {
            {.pattern = error}, {.entropyNats = error}, {.headOutput = error}, {.residual = error}};
        for (std::size_t at = 0; at < std::size(errors); ++at) {
            const std::vector<VerifyCheck> checks = closedFormChecks(errors[at]);
            ASSERT_EQ(checks.size(), std::size(errors));
            for (std::size_t check = 0; check < checks.size(); ++check)
                EXPECT_EQ(checks[check].ok, check != at) << checks[check].name;
        }
    }
}

TEST_F(VerifyChecks, ALogitFormThatDiffersGoesRed)
{
    EXPECT_TRUE(logitFormCheck(*m_pass, *m_pass).ok);
    for (const float added : {3e-5F, m_nan}) {
        const VerifyCheck check = logitFormCheck(*m_pass, withWeight(added));
        EXPECT_FALSE(check.ok);
        EXPECT_EQ(check.name, "logitEqualsProbability");
    }
}

TEST_F(VerifyChecks, WhatIsNotANumberIsKeptWhenALaterCaseIsFinite)
{
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(std::isinf(farther(farther(0.0, nan), 1.0)));
    const ClosedFormError broken {nan, nan, nan, nan};
    const ClosedFormError worst = farther(farther(ClosedFormError {}, broken), ClosedFormError {});
    for (const double error : {worst.pattern, worst.entropyNats, worst.headOutput, worst.residual})
        EXPECT_TRUE(std::isinf(error));
    EXPECT_FALSE(verifyCheck("any", nan, 1.0).ok);
}

} // namespace
} // namespace sinkscope
