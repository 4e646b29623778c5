// SPDX-License-Identifier: Apache-2.0
// The bars under the prompt: attention paid and received by the chosen token, in one head and as a mean.
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/panels/strip_reading.h"

#include <QAction>

#include <gtest/gtest.h>

#include <cmath>

using namespace sinkscope;
using namespace sinkscope::ui;
using namespace sinkscope::test;

namespace {

constexpr double kSamePass = 1e-5; // the window's pass may restart elsewhere than the test's

class StripReadingTest : public testing::Test {
protected:
    /// From a pass of the test's own.
    double weight(HeadRef head, int query, int key)
    {
        const std::vector<float> triangle = pass->layers[head.layer.asSize()]->patternTriangle(head.head);
        return double(triangle[std::size_t(query * (query + 1) / 2 + key)]);
    }
    void choose(const char *action) { driver.find<QAction>(action).trigger(); }
    const TokenStripData &strip() { return driver.find<TokenStripView>("tokenStrip").data(); }

    std::string model = writeTinyModel();
    UiDriver driver {QString::fromStdString(model)};
    ModelSession session {model};
    std::shared_ptr<const PassResult> pass = session.run(driver.state().baseline()->prompt->ids, nullptr);
    int tokens = int(driver.state().baseline()->prompt->ids.size());
};

TEST_F(StripReadingTest, WhatTheChosenTokenReadsIsItsRowAndWhatReadsItIsItsColumn)
{
    const HeadRef head {LayerIndex(1), HeadIndex(2)};
    driver.selection().setHead(head);
    const int chosen = tokens - 2;
    driver.selection().setPinned({chosen, -1});
    ASSERT_EQ(strip().weights.size(), std::size_t(chosen) + 1);
    for (int key = 0; key <= chosen; ++key)
        EXPECT_NEAR(strip().weights[std::size_t(key)], weight(head, chosen, key), kSamePass) << key;
    choose("stripReceived");
    ASSERT_EQ(strip().weights.size(), std::size_t(tokens));
    for (int query = 0; query < chosen; ++query)
        EXPECT_TRUE(std::isnan(strip().weights[std::size_t(query)])) << "comes before: cannot read it";
    for (int query = chosen; query < tokens; ++query)
        EXPECT_NEAR(strip().weights[std::size_t(query)], weight(head, query, chosen), kSamePass) << query;
    const QString words = driver.find<TokenStripView>("tokenStrip").tokenInWords(tokens - 1);
    EXPECT_TRUE(words.contains(QStringLiteral("reads token %1").arg(chosen))) << qPrintable(words);
    driver.selection().setPinned({0, -1}); // the initial token is read by all, on its own scale
    EXPECT_EQ(driver.find<TokenStripView>("tokenStrip").barColour(tokens - 1),
        driver.window->theme().sink().colour(strip().weights[std::size_t(tokens) - 1]));
}

TEST_F(StripReadingTest, TheMeanIsOverTheChosenHeads)
{
    const std::vector<HeadRef> heads {
        {LayerIndex(1), HeadIndex(2)}, {LayerIndex(0), HeadIndex(1)}, {LayerIndex(2), HeadIndex(3)}};
    driver.selection().setHeads(heads);
    driver.selection().setPinned({tokens - 1, -1});
    choose("stripMean");
    for (int key = 0; key < tokens; ++key) {
        double sum = 0.0;
        for (const HeadRef head : heads)
            sum += weight(head, tokens - 1, key);
        EXPECT_NEAR(strip().weights[std::size_t(key)], sum / 3.0, kSamePass) << key;
    }
    driver.selection().setHeads({heads.front()});
    EXPECT_NEAR(strip().weights[1], weight(heads.front(), tokens - 1, 1), kSamePass);
}

TEST_F(StripReadingTest, TheDifferenceIsThatOfTheSides)
{
    const HeadRef head {LayerIndex(1), HeadIndex(2)};
    driver.selection().setHead(head);
    driver.selection().setPinned({tokens - 1, -1});
    driver.state().setFactors({{head, 5.0}}, QStringLiteral("L1 H2"));
    ASSERT_TRUE(driver.waitComplete());
    const Intervention edits = driver.state().intervention();
    const auto edited = session.run(driver.state().baseline()->prompt->ids, &edits);
    driver.selection().setSide(Side::Difference);
    const std::vector<float> triangle = edited->layers[1]->patternTriangle(head.head);
    const std::size_t row = LayerRecord::triangleSize(std::size_t(tokens) - 1);
    for (int key = 0; key < tokens; ++key)
        EXPECT_NEAR(strip().weights[std::size_t(key)],
            double(triangle[row + std::size_t(key)]) - weight(head, tokens - 1, key), kSamePass)
            << key;
}

} // namespace
