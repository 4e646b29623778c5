// SPDX-License-Identifier: Apache-2.0
// Attention as lines: which of them, where they stand, and the real window with mouse and keys.
#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/views/attention_lines_view.h"
#include "ui/views/head_map_view.h"

#include <QAction>
#include <QScrollBar>
#include <QToolButton>

#include <algorithm>
#include <gtest/gtest.h>

namespace sinkscope::ui {
namespace {

/// Rows of `tokens` tokens: key 0 has 0.5, key k of the others a share that grows with (k * 7) % 11.
HeadMapData manyTokens(int tokens)
{
    HeadMapData data;
    std::vector<float> pattern;
    for (int query = 0; query < tokens; ++query) {
        data.tokens.push_back({QStringLiteral("t%1").arg(query), query});
        float sum = 0.0F;
        for (int key = 1; key <= query; ++key)
            sum += 1.0F + float(key * 7 % 11) + float(key) / 1000.0F;
        for (int key = 0; key <= query; ++key)
            pattern.push_back(query == 0 ? 1.0F
                    : key == 0           ? 0.5F
                                         : 0.5F * (1.0F + float(key * 7 % 11) + float(key) / 1000.0F) / sum);
    }
    data.baseline.pattern = data.edited.pattern = SharedFloats(pattern);
    return data;
}

int linesOfQuery(const std::vector<AttentionLine> &lines, int query)
{
    return int(std::count_if(
        lines.begin(), lines.end(), [query](const AttentionLine &line) { return line.query == query; }));
}

TEST(AttentionLines, ARowHasItsTenStrongestKeysAndKeyZero)
{
    const HeadMapData data = manyTokens(40);
    const std::vector<AttentionLine> lines = attentionLines(data, {}, {3, 39}, std::nullopt);
    EXPECT_EQ(linesOfQuery(lines, 2), 0) << "not in view";
    EXPECT_EQ(linesOfQuery(lines, 3), 4) << "all that it has";
    EXPECT_EQ(linesOfQuery(lines, 39), 11);
    // (7 k) % 11 is 10 for k = 3, 14, 25, 36 and 9 for 6, 17, 28, 39 and 8 for 9, 20, 31: two of these three.
    std::vector<int> keys;
    for (const AttentionLine &line : lines)
        if (line.query == 39)
            keys.push_back(line.key);
    std::sort(keys.begin(), keys.end());
    EXPECT_EQ(keys, (std::vector<int> {0, 3, 6, 14, 17, 20, 25, 28, 31, 36, 39}));
    EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end(),
        [](const AttentionLine &a, const AttentionLine &b) { return a.value < b.value; }))
        << "the strongest are painted last";
}

TEST(AttentionLines, AnIsolatedTokenHasAllOfItsLines)
{
    const HeadMapData data = manyTokens(40);
    const auto query = attentionLines(data, {}, {0, 5}, LineEnd {LineEnd::Column::Query, 30});
    EXPECT_EQ(query.size(), 31U) << "though its row is out of view";
    const auto key = attentionLines(data, {}, {10, 20}, LineEnd {LineEnd::Column::Key, 15});
    EXPECT_EQ(key.size(), 6U) << "queries 15 to 20";
}

TEST(AttentionLines, AFilterTakesThePlaceOfTheLimit)
{
    HeadMapData data = manyTokens(40);
    data.filter = {0.0, 3};
    const auto lines = attentionLines(data, filterThresholds(data), {39, 39}, std::nullopt);
    EXPECT_EQ(lines.size(), 4U) << "three and key 0";
    data.filter = {0.6, 0};
    EXPECT_TRUE(attentionLines(data, filterThresholds(data), {39, 39}, std::nullopt).empty());
}

TEST(AttentionLinesLayout, ColumnsScrollTogetherAndKnowTheirTokens)
{
    AttentionLinesInput input;
    input.tokens = 1000;
    input.area = QSize(700, 480);
    input.rowPx = 20;
    input.labelPx = 90;
    input.headerPx = 40;
    input.footerPx = 40;
    input.scroll = 200;
    const AttentionLinesLayout layout(input);
    EXPECT_EQ(layout.bodyRect().height(), 400);
    EXPECT_EQ(layout.maximumScroll(), 19600);
    EXPECT_EQ(layout.visibleTokens(), (TokenSpan {10, 29}));
    EXPECT_EQ(layout.queryRect(10).top(), 40);
    EXPECT_EQ(layout.lineEnd(12).y(), 40 + 2 * 20 + 10);
    EXPECT_LT(layout.lineStart(12).x(), layout.lineEnd(12).x());
    EXPECT_EQ(layout.endAt(layout.queryRect(17).center()), (LineEnd {LineEnd::Column::Query, 17}));
    EXPECT_EQ(layout.endAt(layout.keyRect(17).center()), (LineEnd {LineEnd::Column::Key, 17}));
    EXPECT_EQ(layout.endAt((layout.lineStart(17) + layout.lineEnd(17)) / 2), std::nullopt);
    EXPECT_EQ(layout.scrollShowing(15), 200) << "in view already";
    EXPECT_EQ(layout.scrollShowing(50), 51 * 20 - 400);
    EXPECT_EQ(layout.scrollShowing(2), 40);
    EXPECT_LE(layout.numberRect(0).right(), 700);
}

TEST(AttentionLinesView, OfAThousandTokensOnlyThoseInViewHaveLines)
{
    AttentionLinesView view;
    view.setTheme(Theme());
    view.resize(700, 500);
    view.setData(manyTokens(1000));
    view.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
    view.verticalScrollBar()->setValue(10000);
    const TokenSpan rows = view.layoutForTest().visibleTokens();
    EXPECT_LT(rows.last - rows.first, 40);
    EXPECT_EQ(view.lines().size(), std::size_t(rows.last - rows.first + 1) * 11U);
    EXPECT_TRUE(view.limitsInWords().contains(QStringLiteral("10 strongest keys")));
    EXPECT_FALSE(view.grab().isNull());
}

class LinesInTheWindow : public testing::Test {
protected:
    void SetUp() override
    {
        m_driver.window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(m_driver.window.get()));
        m_driver.find<QAction>("pictureAsLines").trigger();
        test::settle();
    }
    AttentionLinesView &lines() { return m_driver.find<AttentionLinesView>("linesView"); }

    test::UiDriver m_driver {QString::fromStdString(test::writeTinyModel())};
};

TEST_F(LinesInTheWindow, StandWhereTheMapStoodAndGoAgain)
{
    EXPECT_TRUE(lines().isVisible());
    EXPECT_FALSE(m_driver.find<HeadMapView>("patternMap").isVisible());
    EXPECT_FALSE(m_driver.find<QToolButton>("zoomButton").isVisible());
    m_driver.find<QAction>("pictureMap").trigger();
    EXPECT_FALSE(lines().isVisible());
    EXPECT_TRUE(m_driver.find<HeadMapView>("patternMap").isVisible());
    EXPECT_TRUE(m_driver.find<QToolButton>("zoomButton").isVisible());
}

TEST_F(LinesInTheWindow, PointingAtATokenIsolatesItsLinesAndAClickPinsTheQuery)
{
    const AttentionLinesLayout &layout = lines().layoutForTest();
    QWidget *area = lines().viewport();
    for (const QPoint jitter : {QPoint(0, 0), QPoint(1, 0)})
        QTest::mouseMove(area, layout.keyRect(2).center() + jitter);
    for (const AttentionLine &line : lines().lines())
        EXPECT_EQ(line.key, 2);
    EXPECT_EQ(m_driver.selection().hovered(), (CellRef {-1, 2})) << "marked in the text too";
    QTest::mouseClick(area, Qt::LeftButton, Qt::NoModifier, layout.queryRect(4).center());
    EXPECT_EQ(m_driver.selection().pinned(), (CellRef {4, -1}));
    QTest::mouseMove(area, QPoint(layout.lineStart(0).x() + 20, layout.bodyRect().bottom() - 2));
    EXPECT_EQ(lines().isolated(), (LineEnd {LineEnd::Column::Query, 4}));
    EXPECT_TRUE(m_driver.labelText("statusSelection").startsWith(QStringLiteral("query 4")))
        << m_driver.labelText("statusSelection").toStdString();
    QTest::keyClick(&lines(), Qt::Key_Escape);
    EXPECT_EQ(m_driver.selection().pinned().query, -1);
    EXPECT_FALSE(lines().isolated());
}

TEST_F(LinesInTheWindow, AltAndArrowsMoveTheQueryAndTheNameSaysWhatItReads)
{
    lines().setFocus();
    QTest::keyClick(&lines(), Qt::Key_Home, Qt::AltModifier);
    QTest::keyClick(&lines(), Qt::Key_Down, Qt::AltModifier);
    QTest::keyClick(&lines(), Qt::Key_Down, Qt::AltModifier);
    EXPECT_EQ(m_driver.selection().pinned().query, 2);
    EXPECT_TRUE(lines().accessibleName().startsWith(QStringLiteral("Lines of attention: query 2")));
    EXPECT_TRUE(lines().accessibleName().contains(QStringLiteral(" reads ")));
    QTest::keyClick(&lines(), Qt::Key_Space);
    EXPECT_EQ(m_driver.selection().side(), Side::Baseline);
}

} // namespace
} // namespace sinkscope::ui
