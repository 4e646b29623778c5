// SPDX-License-Identifier: Apache-2.0
// The trust report: all green on a sound model, and each check goes red when what it checks is broken.
#include "core/analysis/verify.h"

#include "core/base/error.h"
#include "core/base/file_hash.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/support/test_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <numeric>

namespace sinkscope {
namespace {

constexpr const char *kAllChecks[] = {"fileHash", "rowsSumToOne", "gammaOneChangesNothing",
    "editedRowsSumToOne", "restartEqualsFullPass", "closedFormPattern", "closedFormEntropy",
    "closedFormHeadOutput", "closedFormResidual", "logitEqualsProbability", "backendsAgree",
    "referenceOutputEntropy", "referenceTopTokens", "referenceSinkMass", "referenceEntropy"};

/// Figures of the tiny model from the slow pass in double, one head edited.
ReferenceFigures tinyFigures(const std::string &path)
{
    ReferenceFigureCase figures;
    figures.name = "tiny";
    figures.ids = test::someTokens(13);
    figures.edits.setFactor({LayerIndex(1), HeadIndex(2)}, 0.3);
    const test::ReferenceWeights weights = test::tinyWeights();
    const test::ReferencePass pass = test::referenceForward(weights, figures.ids, figures.edits.edits());
    const std::size_t last = figures.ids.size() - 1;
    const std::vector<double> logP = test::referenceLogSoftmax(pass.logitsRow(last));
    std::vector<double> p;
    p.reserve(logP.size());
    for (const double value : logP)
        p.push_back(std::exp(value));
    figures.outputEntropyNats = test::referenceEntropy(p);
    std::vector<std::int32_t> order(p.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](std::int32_t left, std::int32_t right) {
        return p[static_cast<std::size_t>(left)] > p[static_cast<std::size_t>(right)];
    });
    figures.top.reserve(10);
    for (std::size_t rank = 0; rank < 10; ++rank)
        figures.top.push_back({TokenId(order[rank]), p[static_cast<std::size_t>(order[rank])]});
    figures.sinkMassLast = Matrix(pass.patterns.size(), pass.heads);
    figures.entropyLast = Matrix(pass.patterns.size(), pass.heads);
    for (std::size_t layer = 0; layer < pass.patterns.size(); ++layer)
        for (std::size_t head = 0; head < pass.heads; ++head) {
            const auto row = pass.patternRow(layer, head, last);
            figures.sinkMassLast.at(layer, head) = static_cast<float>(row[0]);
            figures.entropyLast.at(layer, head) = static_cast<float>(test::referenceEntropy(row));
        }
    ReferenceFigures reference;
    reference.sha256 = sha256OfFile(path, {}).value();
    reference.cases.push_back(std::move(figures));
    return reference;
}

class Verify : public testing::Test {
protected:
    VerifyReport verify(const ReferenceFigures &reference, const LoadOptions &options = {})
    {
        test::ModelSession session(m_path, options);
        return verify(session, reference);
    }
    static VerifyReport verify(test::ModelSession &session, const ReferenceFigures &reference)
    {
        return verifyModel(
            {.transformer = session.transformer(), .gemm = session.gemm(), .reference = reference}, {}, {})
            .value();
    }
    /// The names of the checks that do not hold.
    static std::vector<std::string> red(const VerifyReport &report)
    {
        std::vector<std::string> names;
        for (const VerifyCheck &check : report.checks)
            if (!check.ok)
                names.push_back(check.name);
        return names;
    }

    std::string m_path = test::writeTinyModel();
};

TEST_F(Verify, ASoundModelPassesEveryCheckOnEachBackendAndMapped)
{
    const ReferenceFigures reference = tinyFigures(m_path);
    for (const GemmBackend backend : {GemmBackend::Amx, GemmBackend::Packed, GemmBackend::Blas})
        for (const std::size_t budget : {LoadOptions {}.expandedBudgetBytes, std::size_t {0}}) {
            SCOPED_TRACE(testing::Message() << gemmBackendName(backend) << " budget " << budget);
            const VerifyReport report =
                verify(reference, {.backend = backend, .expandedBudgetBytes = budget});
            std::vector<std::string> names;
            names.reserve(report.checks.size());
            for (const VerifyCheck &check : report.checks) {
                names.push_back(check.name);
                EXPECT_TRUE(check.ok) << check.name << " " << check.value;
                EXPECT_LE(check.value, check.tolerance) << check.name;
                EXPECT_EQ(check.skipped(), check.name == "backendsAgree" && usableGemmBackends().size() < 2);
            }
            EXPECT_THAT(names, testing::ElementsAreArray(kAllChecks));
            EXPECT_TRUE(report.ok());
            EXPECT_EQ(report.sha256, reference.sha256);
            EXPECT_EQ(report.path, m_path);
        }
}

TEST_F(Verify, AStoredFigureThatDiffersGoesRedAlone)
{
    const ReferenceFigures sound = tinyFigures(m_path);
    // each a little more than its tolerance
    ReferenceFigures changed = sound;
    changed.cases[0].outputEntropyNats += 4e-4;
    EXPECT_THAT(red(verify(changed)), testing::ElementsAre("referenceOutputEntropy"));
    changed = sound;
    changed.cases[0].top[9].p *= 1.0006;
    EXPECT_THAT(red(verify(changed)), testing::ElementsAre("referenceTopTokens"));
    changed = sound;
    changed.cases[0].sinkMassLast.at(2, 3) += 6e-5F;
    EXPECT_THAT(red(verify(changed)), testing::ElementsAre("referenceSinkMass"));
    changed = sound;
    changed.cases[0].entropyLast.at(0, 1) -= 2e-4F;
    EXPECT_THAT(red(verify(changed)), testing::ElementsAre("referenceEntropy"));
    EXPECT_FALSE(verify(changed).ok());
}

TEST_F(Verify, AnEditThatIsNotAppliedGoesRed)
{
    ReferenceFigures reference = tinyFigures(m_path);
    reference.cases[0].edits.clear();
    EXPECT_THAT(
        red(verify(reference)), testing::IsSupersetOf({"referenceOutputEntropy", "referenceEntropy"}));
}

TEST_F(Verify, WeightsThatABackendPreparedWronglyGoRed)
{
    if (usableGemmBackends().size() < 2)
        GTEST_SKIP() << "one backend only on this processor";
    test::ModelSession session(m_path);
    // the object is not const; only the view that the session gives of it is
    auto &weights = const_cast<Model &>(session.model()).weights.layers[2].down;
    weights.prepared.data()[5] += 0.01F;
    EXPECT_THAT(red(verify(session, tinyFigures(m_path))), testing::Contains("backendsAgree"));
}

TEST_F(Verify, WeightsThatAreNotNumbersGoRed)
{
    test::ModelSession session(m_path);
    auto &weights = const_cast<Model &>(session.model()).weights.layers[0].query;
    weights.prepared.data()[0] = std::numeric_limits<float>::quiet_NaN();
    const VerifyReport report = verify(session, tinyFigures(m_path));
    EXPECT_THAT(
        red(report), testing::IsSupersetOf({"rowsSumToOne", "closedFormPattern", "referenceEntropy"}));
}

TEST_F(Verify, AnUnknownFileSkipsWhatIsKnownOfAnother)
{
    const VerifyReport report = verify(storedReferenceFigures());
    EXPECT_TRUE(report.ok());
    int skipped = 0;
    for (const VerifyCheck &check : report.checks) {
        const bool expected = check.name.rfind("reference", 0) == 0 || check.name == "fileHash"
            || (check.name == "backendsAgree" && usableGemmBackends().size() < 2);
        EXPECT_EQ(check.skipped(), expected) << check.name;
        skipped += check.skipped() ? 1 : 0;
    }
    EXPECT_GE(skipped, 5);
}

TEST_F(Verify, AnotherFileThanTheOneExpectedGoesRed)
{
    test::ModelSession session(m_path);
    Gemm gemm(session.pool());
    const auto report = verifyModel({.transformer = session.transformer(),
                                        .gemm = gemm,
                                        .expectedSha256 = storedReferenceFigures().sha256},
        {}, {});
    ASSERT_TRUE(report.has_value());
    EXPECT_THAT(red(*report), testing::ElementsAre("fileHash"));
}

TEST_F(Verify, ACancelledStepIsRunAgain)
{
    test::ModelSession session(m_path);
    Gemm gemm(session.pool());
    std::stop_source stopped;
    stopped.request_stop();
    ModelVerifier verifier({.transformer = session.transformer(), .gemm = gemm});
    double before = -1.0;
    while (!verifier.done()) {
        EXPECT_GT(verifier.fraction(), before);
        before = verifier.fraction();
        EXPECT_STRNE(verifier.stepName(), "");
        verifier.advance(stopped.get_token()); // cancelled, or done where nothing is computed
        verifier.advance({});
    }
    EXPECT_EQ(verifier.fraction(), 1.0);
    EXPECT_TRUE(verifier.report().ok());
    EXPECT_EQ(verifier.report().checks.size(), std::size(kAllChecks));
    EXPECT_FALSE(verifyModel({.transformer = session.transformer(), .gemm = gemm}, {}, stopped.get_token()));
}

TEST_F(Verify, AVeryShortContextIsEnough)
{
    m_path = test::writeTinyModel({.contextLength = 3, .seed = 5});
    EXPECT_TRUE(verify(storedReferenceFigures()).ok());
}

TEST_F(Verify, AFigureThatIsNotANumberGoesRedThoughALaterCaseIsSound)
{
    ReferenceFigures reference = tinyFigures(m_path);
    reference.cases.push_back(reference.cases[0]);
    reference.cases[0].outputEntropyNats = std::numeric_limits<double>::quiet_NaN();
    reference.cases[0].top[0].p = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(red(verify(reference)), testing::ElementsAre("referenceOutputEntropy", "referenceTopTokens"));
}

TEST(ReferenceFigures, TheStoredOnesAreOfTheDefaultModel)
{
    const ReferenceFigures stored = storedReferenceFigures();
    std::ifstream file(std::string(SINKSCOPE_SOURCE_DIR) + "/resources/default_model.json");
    const std::string description {std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(stored.sha256.size(), 64U);
    EXPECT_NE(description.find(stored.sha256), std::string::npos);
    ASSERT_EQ(stored.cases.size(), 3U);
    for (const ReferenceFigureCase &item : stored.cases) {
        EXPECT_EQ(item.sinkMassLast.rows(), 30U);
        EXPECT_EQ(item.sinkMassLast.columns(), 9U);
        EXPECT_EQ(item.entropyLast.values().size(), 270U);
        EXPECT_EQ(item.top.size(), 10U);
    }
    EXPECT_TRUE(stored.cases[0].edits.empty());
    EXPECT_EQ(stored.cases[1].edits.factor({LayerIndex(15), HeadIndex(3)}), 0.3);
    EXPECT_EQ(stored.cases[1].edits.edits().size(), 1U);
    EXPECT_EQ(stored.cases[2].edits.editedHeadCount(), 270);
    EXPECT_EQ(stored.cases[2].edits.factor({LayerIndex(29), HeadIndex(8)}), 1.5);
}

TEST(ReferenceFigures, DamagedOnesAreRefused)
{
    EXPECT_THROW(parseReferenceFigures("{"), Error);
    EXPECT_THROW(parseReferenceFigures(R"({"sha256":"x"})"), Error);
    EXPECT_THROW(
        parseReferenceFigures(
            R"({"sha256":"x","cases":[{"name":"n","ids":[1],"edits":[],"outputEntropyNats":1,"top":[],
        "sinkMassLast":[[1,2],[3]],"entropyLast":[]}]})"),
        Error);
}

} // namespace
} // namespace sinkscope
