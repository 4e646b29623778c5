// SPDX-License-Identifier: Apache-2.0
// Several heads as one map, and words and lines as rows and columns, in the real window.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/models/edits_model.h"
#include "ui/models/head_cells_model.h"
#include "ui/panels/panel.h"
#include "ui/panels/prompt_panel.h"
#include "ui/state/session_look.h"
#include "ui/views/figure_table.h"
#include "ui/views/head_map_values.h"
#include "ui/views/head_map_words.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QToolButton>

#include <cctype>
#include <cmath>
#include <gtest/gtest.h>

namespace sinkscope::ui {
namespace {

constexpr double kOfWeight = 1e-6; // a sum of up to twelve fp32 weights against the same in double

HeadRef headAt(int layer, int head)
{
    return {LayerIndex(layer), HeadIndex(head)};
}

/// A window on a tiny model of 3 layers and 4 heads.
class AggregateMap : public testing::Test {
protected:
    static SessionValue start()
    {
        SessionValue session = test::UiDriver::shortSession();
        session.prompt.text = "the cat sat\non the mat, and\nran";
        return session;
    }
    HeadMapView &map() { return m_driver.find<HeadMapView>("patternMap"); }
    void choose(const char *action)
    {
        m_driver.find<QAction>(action).trigger();
        ASSERT_TRUE(
            QTest::qWaitFor([this] { return hasShownPattern(map().data()) && !map().data().isStale; }));
    }
    void drawBox(const HeatmapCell &from, const HeatmapCell &to)
    {
        auto &heads = m_driver.find<HeatmapView>("headMap");
        QWidget *area = heads.viewport();
        QTest::mousePress(area, Qt::LeftButton, Qt::NoModifier, heads.viewportPoint(from));
        QMouseEvent move(
            QEvent::MouseMove, heads.viewportPoint(to), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(area, &move);
        QTest::mouseRelease(area, Qt::LeftButton, Qt::NoModifier, heads.viewportPoint(to));
    }
    double weight(const Snapshot &snapshot, HeadRef head, int query, int key) const
    {
        return snapshot.pass->layers[head.layer.asSize()]->patternRow(
            head.head, TokenPos(query))[std::size_t(key)];
    }
    double mean(const Snapshot &snapshot, const std::vector<HeadRef> &heads, int query, int key) const
    {
        double sum = 0.0;
        for (const HeadRef head : heads)
            sum += weight(snapshot, head, query, key);
        return sum / double(heads.size());
    }
    /// First tokens of the words of the prompt: the initial one, and those at the edge of white space.
    std::vector<int> wordStarts()
    {
        const std::vector<std::string> &bytes = m_driver.state().baseline()->prompt->bytes;
        std::vector<int> starts {0, 1};
        for (std::size_t token = 2; token < bytes.size(); ++token)
            if (std::isspace(static_cast<unsigned char>(bytes[token].front()))
                || std::isspace(static_cast<unsigned char>(bytes[token - 1].back())))
                starts.push_back(int(token));
        return starts;
    }

    test::UiDriver m_driver {QString::fromStdString(test::writeTinyModel()), start()};
};

TEST_F(AggregateMap, ChoosingTheMeanOfABoxOfHeadsShowsTheirMean)
{
    drawBox({0, 1}, {1, 2});
    choose("pictureOfMean");
    const std::vector<HeadRef> heads {headAt(0, 1), headAt(0, 2), headAt(1, 1), headAt(1, 2)};
    const Snapshot &baseline = *m_driver.state().baseline();
    for (const HeadMapCell cell : {HeadMapCell {5, 0}, {5, 3}, {7, 7}})
        EXPECT_NEAR(shownValue(map().data(), cell), mean(baseline, heads, cell.query, cell.key), kOfWeight);
    EXPECT_TRUE(
        restBarTitle(map().data(), BarTitleForm::OneLine).endsWith(QStringLiteral("mean of 4 heads")));
    EXPECT_TRUE(map().cellInWords({5, 3}).contains(QStringLiteral("mean of 4 heads")));
    EXPECT_FALSE(m_driver.find<QComboBox>("quantityBox").isEnabled());
    EXPECT_FALSE(m_driver.find<QToolButton>("rangeAllHeads").isEnabled());
    // Fewer heads: the map follows.
    drawBox({0, 1}, {0, 2});
    ASSERT_TRUE(
        QTest::qWaitFor([this] { return map().data().pictured == QStringLiteral("mean of 2 heads"); }));
    ASSERT_TRUE(QTest::qWaitFor([this] { return hasShownPattern(map().data()); }));
    EXPECT_NEAR(
        shownValue(map().data(), {5, 3}), mean(baseline, {headAt(0, 1), headAt(0, 2)}, 5, 3), kOfWeight);
    m_driver.find<QAction>("pictureOfHead").trigger();
    EXPECT_TRUE(map().data().pictured.isEmpty());
    EXPECT_FLOAT_EQ(shownValue(map().data(), {5, 3}), float(weight(baseline, headAt(0, 1), 5, 3)));
}

TEST_F(AggregateMap, ADifferenceIsThatOfTheAggregates)
{
    m_driver.clickHead(1, 2);
    choose("pictureOfLayer");
    m_driver.dragSlider(5.0);
    ASSERT_TRUE(m_driver.waitComplete());
    m_driver.selection().setSide(Side::Difference);
    const std::vector<HeadRef> layer {headAt(1, 0), headAt(1, 1), headAt(1, 2), headAt(1, 3)};
    const Snapshot &edited = *m_driver.state().edited();
    const double change = mean(edited, layer, 6, 2) - mean(*m_driver.state().baseline(), layer, 6, 2);
    ASSERT_GT(std::abs(change), 1e-4) << "the edit acts";
    EXPECT_TRUE(QTest::qWaitFor([&] {
        return hasShownPattern(map().data()) && !map().data().isStale
            && std::abs(shownValue(map().data(), {6, 2}) - change) < kOfWeight;
    })) << shownValue(map().data(), {6, 2})
        << " against " << change;
}

TEST_F(AggregateMap, AMaximumHasNoEntropyAndARolloutIsCausal)
{
    drawBox({0, 0}, {2, 3});
    choose("pictureOfMaximum");
    double greatest = 0.0;
    for (int layer = 0; layer < 3; ++layer)
        for (int head = 0; head < 4; ++head)
            greatest = std::max(greatest, weight(*m_driver.state().baseline(), headAt(layer, head), 6, 4));
    EXPECT_FLOAT_EQ(shownValue(map().data(), {6, 4}), float(greatest));
    EXPECT_FALSE(map().cellInWords({6, 4}).contains(QStringLiteral("entropy")));
    EXPECT_TRUE(std::isnan(rowFigures(map().data().edited, 6)->entropy));
    // Layer 0 by hand: half of the layer's mean, half of the token itself.
    m_driver.clickHead(0, 3);
    choose("pictureOfRollout");
    const std::vector<HeadRef> layer {headAt(0, 0), headAt(0, 1), headAt(0, 2), headAt(0, 3)};
    const Snapshot &baseline = *m_driver.state().baseline();
    EXPECT_NEAR(shownValue(map().data(), {6, 4}), 0.5 * mean(baseline, layer, 6, 4), kOfWeight);
    EXPECT_NEAR(shownValue(map().data(), {6, 6}), 0.5 + 0.5 * mean(baseline, layer, 6, 6), kOfWeight);
    m_driver.clickHead(2, 0);
    ASSERT_TRUE(
        QTest::qWaitFor([this] { return map().data().pictured == QStringLiteral("rollout to layer 2"); }));
    ASSERT_TRUE(QTest::qWaitFor([this] { return hasShownPattern(map().data()); }));
    double sum = 0.0;
    for (int key = 0; key <= 6; ++key)
        sum += shownValue(map().data(), {6, key});
    EXPECT_NEAR(sum, 1.0, 1e-5); // seven fp32 roundings after three layers
}

TEST_F(AggregateMap, ChoosingWordsSumsTheirKeysAndTakesTheMeanOfTheirQueries)
{
    const std::vector<int> starts = wordStarts();
    const auto tokens = int(m_driver.state().baseline()->prompt->ids.size());
    ASSERT_LT(int(starts.size()), tokens) << "some word has several tokens";
    choose("pictureWords");
    const HeadMapData &data = map().data();
    ASSERT_EQ(data.tokenCount(), int(starts.size()));
    EXPECT_EQ(data.tokens[0].lastToken, 0) << "the initial token stays alone";
    const HeadRef head = m_driver.selection().head();
    const auto endOf = [&](int word) {
        return word + 1 < int(starts.size()) ? starts[std::size_t(word) + 1] : tokens;
    };
    const HeadMapCell cell {4, 2};
    double sum = 0.0;
    for (int query = starts[4]; query < endOf(4); ++query)
        for (int key = starts[2]; key < endOf(2); ++key)
            sum += weight(*m_driver.state().baseline(), head, query, key);
    EXPECT_NEAR(shownValue(data, cell), sum / (endOf(4) - starts[4]), kOfWeight);
    double row = 0.0;
    for (int key = 0; key <= 4; ++key)
        row += shownValue(data, {4, key});
    EXPECT_NEAR(row, 1.0, 1e-5);

    // A word of several tokens is named with them, pinned by a click, and listed.
    int wide = 1;
    while (endOf(wide) - starts[std::size_t(wide)] < 2)
        ++wide;
    const int first = starts[std::size_t(wide)];
    const QString name = QStringLiteral("word %1 '%2' (tokens %3–%4)")
                             .arg(wide)
                             .arg(data.tokens[std::size_t(wide)].text)
                             .arg(first)
                             .arg(endOf(wide) - 1);
    EXPECT_TRUE(map().cellInWords({wide, 0}).startsWith(name)) << map().cellInWords({wide, 0}).toStdString();
    QTest::mouseClick(map().viewport(), Qt::LeftButton, Qt::NoModifier, map().viewportPoint({wide, wide}));
    EXPECT_EQ(m_driver.selection().pinned(), (CellRef {endOf(wide) - 1, first}));
    EXPECT_EQ(map().pinned(), (HeadMapCell {wide, wide}));
    m_driver.find<QAction>("cellsAction").trigger();
    m_driver.find<QToolButton>("cellsPinned").click();
    auto &table = m_driver.find<FigureTable>("cellsTable");
    ASSERT_EQ(table.model()->rowCount(), 1);
    EXPECT_EQ(table.model()->index(0, HeadCellsModel::kQuery).data(Qt::UserRole).toInt(), wide);
    // The same cell of tokens when the words go.
    m_driver.find<QAction>("pictureTokens").trigger();
    EXPECT_EQ(map().pinned(), (HeadMapCell {endOf(wide) - 1, first}));
}

TEST_F(AggregateMap, LinesFollowTheLineFeeds)
{
    choose("pictureLines");
    const HeadMapData &data = map().data();
    const std::vector<std::string> &bytes = m_driver.state().baseline()->prompt->bytes;
    int lines = 2; // the initial token, and what follows
    for (std::size_t token = 1; token + 1 < bytes.size(); ++token)
        lines += bytes[token].find('\n') != std::string::npos ? 1 : 0;
    EXPECT_EQ(data.tokenCount(), lines);
    EXPECT_TRUE(restBarTitle(data, BarTitleForm::OneLine).startsWith(QStringLiteral("lines 1–")));
    EXPECT_TRUE(maskedInWords(data.unit, {1, 2}).startsWith(QStringLiteral("masked: line 2")));
}

TEST_F(AggregateMap, WhatIsCopiedIsWhatIsShown)
{
    drawBox({0, 0}, {0, 3});
    choose("pictureOfMean");
    m_driver.selection().setPinned({6, 2});
    m_driver.find<QAction>("copyValue").trigger();
    const std::vector<HeadRef> heads {headAt(0, 0), headAt(0, 1), headAt(0, 2), headAt(0, 3)};
    EXPECT_NEAR(QGuiApplication::clipboard()->text().toDouble(),
        mean(*m_driver.state().baseline(), heads, 6, 2), kOfWeight);
}

TEST_F(AggregateMap, TheStripNamesTheHeadThatItReads)
{
    const PanelTitle &title = *m_driver.window->findChild<PromptPanel *>()->findChild<PanelTitle *>();
    EXPECT_FALSE(title.remark().contains(QStringLiteral("alone")));
    choose("pictureOfLayer");
    EXPECT_TRUE(title.remark().startsWith(headName(m_driver.selection().head()) + QStringLiteral(" alone")));
}

TEST_F(AggregateMap, ASessionRemembersIt)
{
    m_driver.find<QAction>("pictureOfRollout").trigger();
    m_driver.find<QAction>("pictureWords").trigger();
    Selection other;
    takeLook(other, m_driver.state().grid(), lookOf(m_driver.selection()));
    EXPECT_EQ(other.patternOf(), PatternOf::Rollout);
    EXPECT_EQ(other.patternTokens(), PatternTokens::Words);
}

} // namespace
} // namespace sinkscope::ui
