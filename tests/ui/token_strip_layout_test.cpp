// SPDX-License-Identifier: Apache-2.0
// The token strip: wrapping, hit testing, bars, choice of the query.
#include "ui/views/token_strip_layout.h"
#include "ui/views/token_strip_view.h"

#include <gtest/gtest.h>

#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

namespace sinkscope::ui {
namespace {

TokenStripLayoutInput input(std::vector<int> advances, int width)
{
    TokenStripLayoutInput result;
    result.advances = std::move(advances);
    result.width = width;
    return result;
}

TEST(TokenStripLayout, HitTestingIsTheInverseOfTheRects)
{
    constexpr int kTokens = 400;
    std::vector<int> advances;
    advances.reserve(kTokens);
    for (int token = 0; token < kTokens; ++token)
        advances.push_back(3 + token * 7 % 60);
    const TokenStripLayout layout(input(advances, 500));
    EXPECT_GT(layout.lineCount(), 5);
    for (int token = 0; token < layout.tokenCount(); ++token) {
        for (const QRect &rect : {layout.hitRect(token), layout.textRect(token), layout.barRect(token)}) {
            EXPECT_EQ(layout.tokenAt(rect.topLeft()), token);
            EXPECT_EQ(layout.tokenAt(rect.bottomRight()), token);
        }
    }
    EXPECT_EQ(layout.tokenAt({2, 10}), -1);
    EXPECT_EQ(layout.tokenAt({20, layout.contentHeight() + 5}), -1);
}

TEST(TokenStripLayout, LinesBreakAtNewlinesAndAtTheEdge)
{
    TokenStripLayoutInput in = input({40, 40, 10, 40, 40}, 16 + 150 + 16);
    in.endsLine = {false, false, true, false, false};
    const TokenStripLayout layout(in);
    EXPECT_EQ(layout.lineOf(2), 0);
    EXPECT_EQ(layout.lineOf(3), 1);
    EXPECT_EQ(layout.lineCount(), 2);
    const TokenStripLayout narrow(input({40, 40, 10, 40, 40}, 16 + 100 + 16));
    EXPECT_EQ(narrow.lineOf(1), 0);
    EXPECT_EQ(narrow.lineOf(2), 1) << "10 px more do not fit behind two of 45";
    for (int token = 0; token < 5; ++token)
        EXPECT_LE(narrow.barRect(token).right(), 16 + 100);
}

TEST(TokenStripLayout, TheMarkOfALineEndHangsOverRatherThanStandAlone)
{
    TokenStripLayoutInput in = input({40, 40, 10, 40}, 16 + 100 + 16); // 45 + 45 + 15 px, one margin of 16
    in.endsLine = {false, false, true, false};
    const TokenStripLayout layout(in);
    EXPECT_EQ(layout.lineOf(2), 0);
    EXPECT_EQ(layout.lineOf(3), 1);
    EXPECT_LE(layout.contentWidth(), in.width);
}

TEST(TokenStripLayout, ATokenWiderThanTheStripIsKeptWhole)
{
    const TokenStripLayout layout(input({20, 900, 20}, 300));
    EXPECT_EQ(layout.lineOf(1), 1);
    EXPECT_EQ(layout.lineOf(2), 2);
    EXPECT_GE(layout.textRect(1).width(), 900);
    EXPECT_GE(layout.contentWidth(), 900);
}

TEST(TokenStripLayout, BarsJoinWithOnePixelBetween)
{
    const TokenStripLayout layout(input({20, 30, 25}, 300));
    EXPECT_EQ(layout.barRect(1).left() - layout.barRect(0).right(), 2);
    EXPECT_EQ(layout.barRect(0).height(), 6);
    EXPECT_EQ(layout.barRect(0).top(), layout.textRect(0).bottom() + 1);
    EXPECT_EQ(layout.linePitch(), 32);
}

TEST(TokenStripLayout, LinesBetweenGiveOnlyTheVisibleTokens)
{
    const TokenStripLayout layout(input(std::vector<int>(100, 45), 16 + 500 + 16)); // 50 px each: 10 a line
    EXPECT_EQ(layout.lineCount(), 10);
    const auto [first, end] = layout.tokensBetween(4 + 2 * 32, 4 + 4 * 32 - 1);
    EXPECT_EQ(first, 20);
    EXPECT_EQ(end, 40);
    EXPECT_EQ(layout.tokensBetween(-50, -10), std::pair(0, 0));
}

TEST(TokenStripLayout, NothingIsEmpty)
{
    const TokenStripLayout layout(input({}, 300));
    EXPECT_EQ(layout.tokenCount(), 0);
    EXPECT_EQ(layout.tokenAt({20, 20}), -1);
    EXPECT_GT(layout.contentHeight(), 0);
}

TokenStripData smallData()
{
    TokenStripData data;
    data.tokens = {{QStringLiteral("Class"), 8530, false}, {QStringLiteral("ify"), 1, false},
        {QStringLiteral("·\u05E9\u05DC"), 2, false}, {QStringLiteral("\U0001F600"), 3, true},
        {QStringLiteral("end"), 4, false}};
    data.query = 3;
    data.weights = SharedFloats(std::vector<float> {0.5F, 0.25F, 0.15F, 0.1F});
    data.scale = ColourScale::linear(0.0, 0.3);
    return data;
}

TEST(TokenStripView, BarsHaveTheColoursOfTheScales)
{
    TokenStripView view;
    view.resize(400, 120);
    view.setData(smallData());
    view.show();
    const Theme theme;
    EXPECT_EQ(view.barColour(0), theme.sink().colour(0.5));
    EXPECT_EQ(view.barColour(1), theme.attentionMap().colour(0.25 / 0.3));
    EXPECT_EQ(view.barColour(4), theme.colours().masked) << "after the query";
    const QImage image = view.viewport()->grab().toImage();
    for (int token = 0; token < 5; ++token)
        EXPECT_EQ(QColor(image.pixel(view.layoutForTest().barRect(token).center())), view.barColour(token));
}

TEST(TokenStripView, ClickAndArrowsChooseTheQuery)
{
    TokenStripView view;
    view.resize(400, 120);
    view.setData(smallData());
    view.show();
    QSignalSpy chosen(&view, &TokenStripView::queryChosen);
    QTest::mouseClick(view.viewport(), Qt::LeftButton, Qt::NoModifier, view.viewportPoint(2));
    QTest::keyClick(&view, Qt::Key_Right);
    QTest::keyClick(&view, Qt::Key_Home);
    ASSERT_EQ(chosen.count(), 3);
    EXPECT_EQ(chosen.at(0).at(0).toInt(), 2);
    EXPECT_EQ(chosen.at(1).at(0).toInt(), 4);
    EXPECT_EQ(chosen.at(2).at(0).toInt(), 0);
}

TEST(TokenStripView, HoverTellsAndWordsNameTheReading)
{
    TokenStripView view;
    view.resize(400, 120);
    view.setData(smallData());
    view.show();
    QSignalSpy hovered(&view, &TokenStripView::tokenHovered);
    QTest::mouseMove(view.viewport(), view.viewportPoint(1));
    QTest::mouseMove(view.viewport(), view.viewportPoint(1) + QPoint(1, 0));
    ASSERT_FALSE(hovered.isEmpty());
    EXPECT_EQ(hovered.last().at(0).toInt(), 1);
    EXPECT_EQ(view.tokenInWords(1).toStdString(), "Token 1 'ify', id 1, read by query 3: weight 0.2500");
    EXPECT_EQ(view.tokenInWords(4).toStdString(), "Token 4 'end', id 4, comes after query 3");
}

TEST(TokenStripView, AHeightOfWholeLinesNeedsNoBarAndCutsNone)
{
    TokenStripView view;
    TokenStripData data;
    for (int token = 0; token < 40; ++token)
        data.tokens.push_back({QStringLiteral("token"), token, false});
    view.setData(data);
    const int whole = view.heightFor(400);
    view.resize(400, 60); // the bar takes width, so that the text needs more lines
    view.show();
    EXPECT_GT(view.verticalScrollBar()->maximum(), 0);
    view.resize(400, whole);
    EXPECT_EQ(view.verticalScrollBar()->maximum(), 0);
    EXPECT_EQ(view.viewport()->width(), 400);
}

TEST(TokenStripView, NoLineIsCutWhateverTheHeightAndWhereverTheBarStands)
{
    TokenStripView view;
    TokenStripData data;
    for (int token = 0; token < 300; ++token)
        data.tokens.push_back({QStringLiteral("token"), token, false});
    data.query = 150;
    view.setData(data);
    view.show();
    for (const QSize size : {QSize(400, 70), QSize(300, 70), QSize(350, 120)}) {
        view.resize(size);
        EXPECT_TRUE(view.viewport()->rect().contains(view.viewportPoint(150))) << "the query stays in view";
    }
    for (const int height : {70, 83, 97, 120, 131}) {
        view.resize(400, height);
        for (const int scroll : {0, 7, 50, 61, view.verticalScrollBar()->maximum()}) {
            view.verticalScrollBar()->setValue(scroll);
            const int first = view.tokenAt(QPoint(20, 8));
            ASSERT_GE(first, 0);
            const TokenStripLayout &layout = view.layoutForTest();
            const QPoint moved = view.viewportPoint(first) - layout.hitRect(first).center();
            const int bottom = view.viewport()->height();
            EXPECT_GE(layout.hitRect(first).top() + moved.y(), 0);
            for (int token = first; token < layout.tokenCount(); ++token) {
                const QRect rect = layout.hitRect(token).translated(moved);
                EXPECT_TRUE(rect.top() >= bottom || rect.bottom() < bottom)
                    << "token " << token << " at height " << height << ", scrolled by " << scroll;
            }
        }
    }
}

TEST(TokenStripView, EveryBarStandsOutFromTheCanvasInBothThemes)
{
    for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
        const Theme theme(mode, SequentialMap::Viridis, 1.0);
        TokenStripView view;
        view.setTheme(theme);
        TokenStripData data;
        for (int token = 0; token < 12; ++token)
            data.tokens.push_back({QStringLiteral("token"), token, false});
        data.query = 10;
        std::vector<float> weights;
        for (int key = 0; key <= 10; ++key)
            weights.push_back(float(key) / 10.0F);
        data.weights = SharedFloats(std::move(weights));
        data.scale = ColourScale::linear(0.0, 1.0);
        view.setData(data);
        int rims = 0;
        for (int token = 0; token <= 10; ++token) {
            const std::optional<QColor> rim = view.barRim(token);
            rims += rim ? 1 : 0;
            EXPECT_GE(contrastRatio(rim.value_or(view.barColour(token)), theme.colours().canvas), 3.0);
        }
        EXPECT_GT(rims, 0);
        EXPECT_LT(rims, 11) << "only where it is needed";
        EXPECT_FALSE(view.barRim(11)) << "a later key is not read";
    }
}

TEST(TokenStripView, LongPromptKeepsTheQueryInView)
{
    TokenStripView view;
    view.resize(400, 100);
    view.show();
    TokenStripData data;
    for (int token = 0; token < 1500; ++token)
        data.tokens.push_back({QStringLiteral("token"), token, false});
    data.query = 1499;
    view.setData(data);
    EXPECT_TRUE(view.viewport()->rect().contains(view.viewportPoint(1499)));
    data.query = 3;
    view.setData(data);
    EXPECT_TRUE(view.viewport()->rect().contains(view.viewportPoint(3)));
}

} // namespace
} // namespace sinkscope::ui
