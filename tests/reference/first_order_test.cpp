// SPDX-License-Identifier: Apache-2.0
// Derivatives of margin and output entropy of the default model, all heads, against autograd
// (reference/tasks).
#include "core/analysis/sensitivity.h"
#include "tests/support/model_paths.h"
#include "tests/support/model_session.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <gtest/gtest.h>

namespace sinkscope {
namespace {

using Json = nlohmann::json;

// The contract's: transformers and this program differ by fp32 rounding, some 2e-5 of derivatives up to 0.4.
constexpr double kDerivative = 2e-4;
// Of the reference's README: about six times the drift of fp32 against fp64, for two log-probabilities.
constexpr double kMargin = 6e-4;
constexpr double kOutputEntropy = 2e-4;

Json readJson(const std::string &path)
{
    std::ifstream stream(path);
    return Json::parse(stream);
}

/// The first `count` lines of a file of one JSON object a line.
std::vector<Json> readLines(const std::string &path, std::size_t count)
{
    std::ifstream stream(path);
    std::vector<Json> lines;
    for (std::string line; lines.size() < count && std::getline(stream, line);)
        lines.push_back(Json::parse(line));
    return lines;
}

std::string promptOf(const Json &profile, const std::string &text)
{
    std::string prompt;
    for (const std::string part : profile.at("template"))
        prompt += part;
    const std::size_t at = prompt.find("{text}");
    return prompt.replace(at, 6, text);
}

double worstDifference(const Matrix &got, const Json &expected)
{
    double worst = 0.0;
    for (std::size_t layer = 0; layer < got.rows(); ++layer)
        for (std::size_t head = 0; head < got.columns(); ++head)
            worst = std::max(worst,
                std::fabs(
                    static_cast<double>(got.at(layer, head)) - expected.at(layer).at(head).get<double>()));
    return worst;
}

TEST(FirstOrder, EqualsAutogradForEveryHead)
{
    const auto folder = test::sharedDataPath("reference/tasks");
    const auto items = test::sharedDataPath("tasks/sst2/validation.jsonl");
    const auto model = test::defaultModelPath();
    if (!folder || !items)
        GTEST_SKIP() << "reference/tasks or tasks/sst2: reference data absent";
    if (!model)
        GTEST_SKIP() << "the default model is absent; app/run --build-only obtains it";
    const Json expected = readJson(*folder + "/sst2-first-order.json").at("items");
    const Json profile = readJson(*folder + "/sst2-profile.json");
    test::ModelSession session(*model, LoadOptions {}, 0);
    Gemm gemm(session.pool());
    BackwardPass backward(session.model(), gemm);
    const std::vector<Json> rows = readLines(*items, expected.size());
    ASSERT_EQ(rows.size(), expected.size());
    for (std::size_t item = 0; item < rows.size(); ++item) {
        SCOPED_TRACE("item " + std::to_string(item));
        const int label = rows[item].at("label");
        PromptSpec spec;
        spec.text = promptOf(profile, rows[item].at("text"));
        PassRequest request;
        const TokenizedPrompt prompt = tokenizePrompt(session.model(), spec);
        request.tokens = prompt.ids;
        const auto pass = session.transformer().run(request, {});
        SensitivityRequest wanted;
        wanted.pass = pass.get();
        wanted.answers = {profile.at("labels").at(label), profile.at("labels").at(1 - label)};
        const Sensitivity got = deriveOutput(backward, wanted, {}).value();
        EXPECT_NEAR(got.margin.value(), expected[item].at("margin").get<double>(), kMargin);
        EXPECT_NEAR(
            got.outputEntropyNats, expected[item].at("outputEntropyNats").get<double>(), kOutputEntropy);
        EXPECT_LE(worstDifference(got.dMargin.value(), expected[item].at("dMargin")), kDerivative);
        EXPECT_LE(worstDifference(got.dEntropy, expected[item].at("dEntropy")), kDerivative);
    }
}

} // namespace
} // namespace sinkscope
