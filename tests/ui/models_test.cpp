// SPDX-License-Identifier: Apache-2.0
// The item models, their table and list, and the bars that show the answers.
#include "ui/theme/number_format.h"
#include "ui/models/edits_model.h"
#include "ui/models/next_tokens_model.h"
#include "ui/models/roles.h"
#include "ui/panels/head_list.h"
#include "ui/views/answer_bars.h"
#include "ui/views/edit_item_delegate.h"
#include "ui/views/figure_list.h"
#include "ui/views/figure_table.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QListView>
#include <QMouseEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>

using namespace sinkscope;
using namespace sinkscope::ui;

namespace {

using Tester = QAbstractItemModelTester;

HeadRef head(int layer, int head)
{
    return {LayerIndex(layer), HeadIndex(head)};
}

EditRow edit(int layer, int headIndex, double gamma)
{
    EditRow row;
    row.head = head(layer, headIndex);
    row.gamma = gamma;
    row.isEnabled = true;
    return row;
}

NextTokenRow token(const char *text, int id, double p, int baselineRank, double baselineP)
{
    return {{TokenId(id), text, p}, baselineRank, baselineP};
}

QString cell(const QAbstractItemModel &model, int row, int column)
{
    return model.index(row, column).data(Qt::DisplayRole).toString();
}

} // namespace

TEST(NextTokensModel, WritesTheDesignsRows)
{
    NextTokensModel model;
    Tester tester(&model, Tester::FailureReportingMode::Fatal);
    // Rows 1 and 4 of explore-light.png.
    model.setRows(
        {token(" negative", 3524, 0.2492, 1, 0.3492), token(" Positive", 20085, 0.0495, 5, 0.0288)});
    EXPECT_EQ(cell(model, 0, NextTokensModel::kRank), QStringLiteral("1"));
    EXPECT_EQ(cell(model, 0, NextTokensModel::kToken), QStringLiteral("·negative"));
    EXPECT_EQ(cell(model, 0, NextTokensModel::kBaselineRank), QString());
    EXPECT_EQ(cell(model, 0, NextTokensModel::kId), QStringLiteral("3524"));
    EXPECT_EQ(cell(model, 0, NextTokensModel::kProbability), QStringLiteral("0.2492"));
    EXPECT_EQ(cell(model, 0, NextTokensModel::kChange), QStringLiteral("−0.1000"));
    EXPECT_EQ(cell(model, 1, NextTokensModel::kBaselineRank), QStringLiteral("was 5"));
    EXPECT_EQ(cell(model, 1, NextTokensModel::kChange), QStringLiteral("+0.0207"));
}

TEST(NextTokensModel, GrowsShrinksAndShowsNoChangeWithoutEdits)
{
    NextTokensModel model;
    Tester tester(&model, Tester::FailureReportingMode::Fatal);
    std::vector<NextTokenRow> rows(20, token("a", 1, 0.01, 2, 0.02));
    model.setRows(rows);
    EXPECT_EQ(model.rowCount(), 20);
    rows.resize(3);
    for (NextTokenRow &row : rows) {
        row.baselineRank.reset();
        row.baselineP.reset();
    }
    model.setRows(rows);
    EXPECT_EQ(model.rowCount(), 3);
    EXPECT_EQ(cell(model, 2, NextTokensModel::kChange), QString());
    EXPECT_EQ(
        model.headerData(NextTokensModel::kChange, Qt::Horizontal, Qt::DisplayRole).toString(), QString());
    model.setRows({});
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(NextTokensModel, NamesTheColumnOfChangesWithTheFirstEdit)
{
    NextTokensModel model;
    qRegisterMetaType<Qt::Orientation>();
    std::vector<NextTokenRow> rows(3, token("a", 1, 0.01, 2, 0.02));
    std::vector<NextTokenRow> unedited = rows;
    for (NextTokenRow &row : unedited)
        row.baselineP.reset();
    model.setRows(unedited);
    QSignalSpy headings(&model, &NextTokensModel::headerDataChanged);
    model.setRows(rows); // as many as before: nothing is inserted
    ASSERT_EQ(headings.count(), 1);
    EXPECT_EQ(headings.first().at(1).toInt(), int(NextTokensModel::kChange));
    model.setRows(rows);
    EXPECT_EQ(headings.count(), 1);
}

TEST(EditsModel, RowsThatStayKeepTheirIndexes)
{
    EditsModel model;
    Tester tester(&model, Tester::FailureReportingMode::Fatal);
    model.setRows({edit(12, 5, 3.0), edit(17, 0, 0.3), edit(17, 2, 2.5)});
    const QPersistentModelIndex kept = model.index(2);
    QSignalSpy changed(&model, &EditsModel::dataChanged);
    model.setRows({edit(3, 1, 0.0), edit(17, 0, 0.3), edit(17, 2, 4.0), edit(29, 8, 2.0)});
    ASSERT_TRUE(kept.isValid());
    EXPECT_EQ(model.headAt(kept), head(17, 2));
    EXPECT_EQ(kept.row(), 2);
    EXPECT_EQ(changed.count(), 1); // only the one factor
    EXPECT_EQ(model.rowOf(head(29, 8)), 3);
    EXPECT_EQ(model.rowOf(head(12, 5)), -1);
    EXPECT_EQ(model.index(2).data(kFactorRole).toDouble(), 4.0);
    EXPECT_EQ(cell(model, 0, 0), QStringLiteral("L3 H1"));
    EXPECT_TRUE(model.index(0).data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("off")));
    model.setRows({});
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(EditsModel, ATickIsOnlyAskedFor)
{
    EditsModel model;
    Tester tester(&model, Tester::FailureReportingMode::Fatal);
    EditRow plain = edit(17, 2, 2.5);
    plain.isEnabled.reset(); // a head of a layer: no check box
    model.setRows({edit(12, 5, 3.0), plain});
    std::vector<std::pair<std::vector<HeadRef>, EditSwitch>> asked;
    QObject::connect(&model, &EditsModel::switchRequested, &model,
        [&](const std::vector<HeadRef> &which, EditSwitch to) { asked.emplace_back(which, to); });
    EXPECT_TRUE(model.setData(model.index(0), Qt::Unchecked, Qt::CheckStateRole));
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0], std::pair(std::vector {head(12, 5)}, EditSwitch::Off));
    EXPECT_EQ(model.index(0).data(Qt::CheckStateRole).toInt(), int(Qt::Checked)); // until new rows come
    EXPECT_FALSE(model.setData(model.index(1), Qt::Unchecked, Qt::CheckStateRole));
    EXPECT_FALSE(model.index(1).data(Qt::CheckStateRole).isValid());
}

namespace {

/// A list as the edits panel has it: what the delegate reports goes back into the model.
struct ListBench {
    EditsModel model;
    QListView view;
    EditItemDelegate *delegate = new EditItemDelegate(editItemRoles(), &view);
    QSignalSpy started {delegate, &EditItemDelegate::dragStarted};
    QSignalSpy finished {delegate, &EditItemDelegate::dragFinished};

    ListBench()
    {
        view.setModel(&model);
        view.setItemDelegate(delegate);
        view.setFrameShape(QFrame::NoFrame);
        model.setRows({edit(12, 5, 3.0), edit(17, 0, 0.3), edit(17, 2, 2.5)});
        QObject::connect(
            delegate, &EditItemDelegate::valueChanged, &view, [this](const QModelIndex &at, double gamma) {
                std::vector<EditRow> rows {model.row(0), model.row(1), model.row(2)};
                rows[std::size_t(at.row())].gamma = gamma;
                model.setRows(rows);
            });
        view.resize(304, 160);
        view.show();
        QTest::qWait(1);
    }
    QPoint at(int row, double factor) const
    {
        const FactorSliderLayout layout = delegate->rowLayout(model.index(row)).sliderLayout();
        return {int(std::lround(layout.axis.xOf(factor))), int(layout.trackY)};
    }
};

} // namespace

TEST(EditItemDelegate, DraggingInTheRowTurnsTheFactor)
{
    ListBench bench;
    QWidget *viewport = bench.view.viewport();
    QTest::mousePress(viewport, Qt::LeftButton, {}, bench.at(1, 0.3));
    const QPoint to = bench.at(1, 10.0);
    QMouseEvent move(QEvent::MouseMove, to, viewport->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, {});
    QApplication::sendEvent(viewport, &move);
    QTest::mouseRelease(viewport, Qt::LeftButton, {}, to);
    EXPECT_NEAR(bench.model.row(1).gamma, 10.0, 0.6); // 30 px a decade, one px of rounding
    EXPECT_EQ(bench.model.row(0).gamma, 3.0);
    EXPECT_EQ(bench.started.count(), 1);
    EXPECT_EQ(bench.finished.count(), 1);
    EXPECT_EQ(bench.view.currentIndex().row(), 1);
}

TEST(EditItemDelegate, ADragEndsEvenWhenItsRowWentAway)
{
    ListBench bench;
    QTest::mousePress(bench.view.viewport(), Qt::LeftButton, {}, bench.at(1, 0.3));
    bench.model.setRows({edit(12, 5, 3.0)});
    QTest::mouseRelease(bench.view.viewport(), Qt::LeftButton, {}, QPoint(150, 60));
    EXPECT_EQ(bench.started.count(), 1);
    EXPECT_EQ(bench.finished.count(), 1);
}

TEST(EditItemDelegate, CheckBoxAndKeys)
{
    ListBench bench;
    int asked = 0;
    QObject::connect(&bench.model, &EditsModel::switchRequested, &bench.view, [&] { ++asked; });
    QTest::mouseClick(bench.view.viewport(), Qt::LeftButton, {},
        bench.delegate->rowLayout(bench.model.index(0)).check.center());
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(bench.started.count(), 0);
    bench.view.setCurrentIndex(bench.model.index(2));
    QTest::keyClick(&bench.view, Qt::Key_O);
    EXPECT_EQ(bench.model.row(2).gamma, 0.0);
    QTest::keyClick(&bench.view, Qt::Key_0);
    EXPECT_EQ(bench.model.row(2).gamma, 1.0);
    QTest::mouseDClick(bench.view.viewport(), Qt::LeftButton, {}, bench.at(0, 3.0));
    EXPECT_EQ(bench.model.row(0).gamma, 1.0);
    EXPECT_EQ(bench.started.count(), bench.finished.count());
}

TEST(FigureTable, CopiesTheSelectedRows)
{
    NextTokensModel model;
    model.setRows({token(" negative", 3524, 0.2492, 1, 0.3492), token(" positive", 2731, 0.1754, 2, 0.153)});
    FigureTable table(kEmphasisRole);
    table.setModel(&model);
    table.resize(424, 100);
    table.show();
    table.selectRow(1);
    QTest::keyClick(&table, Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QApplication::clipboard()->text(), QStringLiteral("2\t·positive\t\t2731\t0.1754\t+0.0224"));
}

TEST(FigureTable, SmallColumnGoesWhereRoomIsShort)
{
    NextTokensModel model;
    model.setRows({token(" negative", 3524, 0.2492, 1, 0.3492)});
    FigureTable table(kEmphasisRole);
    table.setModel(&model);
    table.resize(416, 100); // the right dock of the design without its margins
    table.show();
    EXPECT_FALSE(table.isColumnHidden(NextTokensModel::kBaselineRank));
    const auto right = [&](int column) {
        return table.columnViewportPosition(column) + table.columnWidth(column);
    };
    EXPECT_EQ(
        right(NextTokensModel::kChange), 416); // under the numbers of the answer bars: 16 px + 416 = 432
    EXPECT_EQ(right(NextTokensModel::kProbability), 416 - 72);
    table.resize(296, 100);
    QTest::qWait(1);
    EXPECT_TRUE(table.isColumnHidden(NextTokensModel::kBaselineRank));
    EXPECT_FALSE(table.isColumnHidden(NextTokensModel::kId));
    EXPECT_EQ(right(NextTokensModel::kChange), 296);
    table.resize(264, 100); // the token has no room beside the id, which its tool tip has
    QTest::qWait(1);
    EXPECT_TRUE(table.isColumnHidden(NextTokensModel::kId));
    for (const int width : {248, 264, 286, 296, 416}) { // no head is cut
        table.resize(width, 100);
        QTest::qWait(1);
        EXPECT_GE(table.columnWidth(NextTokensModel::kToken) - 12,
            QFontMetrics(Theme().type().axis).horizontalAdvance(QStringLiteral("next token")))
            << width;
    }
}

TEST(FigureList, WritesValuesAndChanges)
{
    FigureList list;
    list.setFigures({{QStringLiteral("Margin, nats"), {}, -0.3512, 0.4741, 3, {}},
        {QStringLiteral("Label mass"), {}, std::nullopt, std::nullopt, 3, {}}});
    EXPECT_EQ(list.valueText(0), QStringLiteral("−0.351"));
    EXPECT_EQ(list.changeText(0), QStringLiteral("+0.474"));
    EXPECT_EQ(list.valueText(1), QStringLiteral("—"));
    EXPECT_EQ(list.changeText(1), QString());
}

TEST(AnswerBars, BarsAndTicksStandOnOneScale)
{
    AnswerBars bars;
    const std::vector<AnswerBar> answers {{QStringLiteral("·negative"), 0.2492, 0.3492, 1, false},
        {QStringLiteral("·positive"), 0.1754, 0.1530, 1, false}};
    bars.setAnswers(answers);
    EXPECT_EQ(bars.scaleMaximum(), 0.5); // as in explore-light.png
    bars.resize(448, bars.sizeHint().height());
    bars.show();
    QTest::qWait(1);
    const AnswerBarsLayout &layout = bars.layoutForTest();
    EXPECT_EQ(layout.barLeft, 112);
    EXPECT_EQ(layout.barRight, 286);
    const QImage image = bars.grab().toImage();
    const Theme theme;
    const auto colourAt = [&](double p) {
        return image.pixelColor(int(layout.xOf(p, 0.5)), int(layout.barRect(0).center().y()));
    };
    EXPECT_EQ(colourAt(0.24), theme.colours().accent);
    EXPECT_EQ(colourAt(0.27), theme.colours().masked);
    EXPECT_EQ(colourAt(0.3492), theme.colours().text); // the tick of the baseline
    EXPECT_EQ(colourAt(0.45), theme.colours().masked);
}

TEST(AnswerBars, SmallNumbersKeepApartInEveryWidth)
{
    const QFontMetricsF metrics(Theme().type().text);
    const double p = metrics.horizontalAdvance(formatProbability(3.72e-4));
    const double change = metrics.horizontalAdvance(formatChange(-4.1e-5, 4));
    for (const int width : {264, 280, 312, 328, 448}) {
        const AnswerBarsLayout layout({{QStringLiteral("·neutral"), 3.72e-4, 4e-4, 1, false}}, width, 1.0);
        EXPECT_GE(layout.changeRight - change - layout.valueRight, 12) << width;
        EXPECT_GE(layout.valueRight - p - layout.barRight, 6) << width;
        EXPECT_GE(layout.barRight - layout.barLeft, 24) << width;
        EXPECT_GE(layout.labelRight - layout.labelRect(0).left(), 40) << width;
    }
    NextTokensModel model;
    const auto widthOf = [&](int column) {
        return model.headerData(column, Qt::Horizontal, Qt::SizeHintRole).toSize().width();
    };
    EXPECT_GE(widthOf(NextTokensModel::kChange), change + 12);
    EXPECT_GE(widthOf(NextTokensModel::kProbability), p + 6);
}

TEST(FigureList, TheMarginNamesItsAnswersInEveryWidth)
{
    FigureList list;
    const FittedText margin {{QStringLiteral("Margin, %1 over %2, nats"),
                                 QStringLiteral("Margin, %1 over %2"), QStringLiteral("Margin, %1/%2")},
        {QStringLiteral("negative"), QStringLiteral("positive")}};
    list.setFigures({{margin.whole(0), margin, -12.345, 0.4741, 3, {}}});
    const QFontMetricsF metrics(Theme().type().text);
    for (const int width : {264, 280, 328, 448}) {
        list.resize(width, 20);
        const QString label = list.labelText(0);
        EXPECT_TRUE(label.startsWith(QLatin1String("Margin, n"))) << width << qPrintable(label);
        EXPECT_TRUE(label.contains(QLatin1String("over p")) || label.contains(QLatin1String("/p")))
            << width << qPrintable(label);
        const AnswerBarsLayout columns({}, width, 1.0);
        EXPECT_LE(16 + metrics.horizontalAdvance(label) + metrics.horizontalAdvance(list.valueText(0)),
            columns.valueRight)
            << width;
    }
    list.resize(448, 20);
    EXPECT_EQ(list.labelText(0), margin.whole(0));
}

TEST(AnswerBars, ScaleIsHeldDuringADrag)
{
    AnswerBars bars;
    bars.setAnswers({{QStringLiteral("a"), 0.4, std::nullopt, 1, false}});
    bars.beginDrag();
    bars.setAnswers({{QStringLiteral("a"), 0.04, std::nullopt, 1, false}});
    EXPECT_EQ(bars.scaleMaximum(), 0.5);
    bars.endDrag();
    EXPECT_EQ(bars.scaleMaximum(), 0.05);
}

TEST(AnswerBars, ManyAnswersScrollAndNotesAreSaid)
{
    AnswerBars bars;
    std::vector<AnswerBar> answers(20, {QStringLiteral("·answer"), 0.01, 0.02, 1, false});
    answers[3].tokenCount = 2;
    answers[3].tokenisesDifferentlyInContext = true;
    bars.setAnswers(answers);
    bars.resize(448, bars.sizeHint().height());
    bars.show();
    QTest::qWait(1);
    EXPECT_GT(bars.verticalScrollBar()->maximum(), 0);
    EXPECT_FALSE(bars.layoutForTest().noteRect(3).isEmpty());
    EXPECT_TRUE(bars.layoutForTest().noteRect(4).isEmpty());
    EXPECT_TRUE(bars.answerInWords(3).contains(QStringLiteral("tokenises differently in context")));
    EXPECT_TRUE(bars.answerInWords(3).contains(QStringLiteral("2 tokens")));
}

TEST(AnswerBars, DimsOnlyAfterAHundredMilliseconds)
{
    AnswerBars bars;
    bars.setAnswers({{QStringLiteral("a"), 0.5, std::nullopt, 1, false}});
    bars.resize(448, bars.sizeHint().height());
    bars.show();
    const auto barColour = [&] {
        return bars.grab().toImage().pixelColor(130, int(bars.layoutForTest().barRect(0).center().y()));
    };
    const QColor accent = Theme().colours().accent;
    bars.setFreshness(Freshness::Stale);
    EXPECT_EQ(barColour(), accent);
    QTest::qWait(150);
    EXPECT_EQ(barColour(), blended(accent, Theme().colours().window, kStaleShare));
    bars.setFreshness(Freshness::Fresh);
    EXPECT_EQ(barColour(), accent); // at once
}
