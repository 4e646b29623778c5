// SPDX-License-Identifier: Apache-2.0
// Words and figures of the head map.
#include "ui/views/head_map_words.h"

#include "ui/theme/entropy_unit.h"
#include "ui/theme/number_format.h"
#include "ui/views/head_map_picture.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

class Words {
    Q_DECLARE_TR_FUNCTIONS(HeadMap)
};

/// "3 'slow'"; of a group "word 3 'painfully' (tokens 20–21)".
QString tokenName(const HeadMapData &data, int index)
{
    const HeadMapToken &token = data.tokens[std::size_t(index)];
    const QString name = QStringLiteral("%1 '%2'").arg(index).arg(token.text);
    if (data.unit == HeadMapUnit::Tokens)
        return name;
    if (token.firstToken == token.lastToken)
        return Words::tr("%1 %2 (token %3)").arg(unitName(data.unit), name).arg(token.firstToken);
    return Words::tr("%1 %2 (tokens %3–%4)")
        .arg(unitName(data.unit), name)
        .arg(token.firstToken)
        .arg(token.lastToken);
}

QString queryName(const HeadMapData &data, int query)
{
    const QString name = tokenName(data, query);
    return data.unit == HeadMapUnit::Tokens ? Words::tr("query %1").arg(name) : name;
}

QString keyName(const HeadMapData &data, int key)
{
    const QString name = tokenName(data, key);
    return data.unit == HeadMapUnit::Tokens ? Words::tr("key %1").arg(name) : name;
}

// The two sides as written; the one without an edit only as "after".
ReadOutLine line(const QString &label, const HeadMapData &data, const QString &before, const QString &after)
{
    return {label, data.hasEdit ? before : QString(), after};
}

const HeadSide &singleSide(const HeadMapData &data)
{
    return data.hasEdit ? data.edited : shownSide(data);
}

QString rankText(const HeadSide &side, HeadMapCell cell)
{
    if (std::isnan(weightOf(side, cell)))
        return formatProbability(std::nan(""));
    return Words::tr("%1 of %2").arg(rankInRow(side, cell)).arg(cell.query + 1);
}

QString quantityText(const HeadMapData &data, const HeadSide &side, HeadMapCell cell)
{
    const double value = quantityOf(side, data.quantity, cell);
    return std::isnan(value) ? formatProbability(value) : formatPrecise(value);
}

void addRowLines(ReadOut &readOut, const HeadMapData &data, int query)
{
    const RowFigures unknown {std::nan(""), std::nan(""), std::nan("")};
    const RowFigures before = rowFigures(data.baseline, query).value_or(unknown);
    const RowFigures after = rowFigures(singleSide(data), query).value_or(unknown);
    readOut.lines.push_back(line(Words::tr("row: attention to key 0"), data,
        formatProbability(before.sinkMass), formatProbability(after.sinkMass)));
    if (!data.hasEntropies) {
        readOut.toolTip = Words::tr("Rows of maxima sum to more than 1, so they have no entropy");
        return;
    }
    const QString entropy = data.unit == HeadMapUnit::Words ? Words::tr("entropy over words, nats")
        : data.unit == HeadMapUnit::Lines                   ? Words::tr("entropy over lines, nats")
                                                            : Words::tr("row: entropy, nats");
    readOut.lines.push_back(
        line(inEntropyWords(entropy), data, formatEntropy(before.entropy), formatEntropy(after.entropy)));
    const bool hasOthers = query > 0; // a row of key 0 alone has nothing without it
    readOut.lines.push_back(line(inEntropyWords(Words::tr("without key 0, nats")), data,
        formatEntropy(hasOthers ? before.restEntropy : unknown.restEntropy),
        formatEntropy(hasOthers ? after.restEntropy : unknown.restEntropy)));
    if (!hasOthers)
        readOut.toolTip =
            Words::tr("Query 0 reads key 0 alone: without it nothing is left to spread over, so "
                      "there is no entropy");
}

} // namespace

QString unitName(HeadMapUnit unit)
{
    return unit == HeadMapUnit::Lines ? Words::tr("line")
        : unit == HeadMapUnit::Words  ? Words::tr("word")
                                      : Words::tr("token");
}

QString quantityName(HeadMapQuantity quantity)
{
    switch (quantity) {
    case HeadMapQuantity::Weight:
        return {};
    case HeadMapQuantity::Score:
        return Words::tr("score");
    case HeadMapQuantity::ValueWeighted:
        return Words::tr("a ‖v‖");
    case HeadMapQuantity::Contribution:
        break;
    }
    return Words::tr("contribution");
}

ReadOut makeReadOut(const HeadMapData &data, std::optional<HeadMapCell> cell, int query)
{
    ReadOut readOut;
    readOut.hasBefore = data.hasEdit;
    const int row = cell ? cell->query : query;
    if (row < 0 || row >= data.tokenCount())
        return readOut;
    readOut.title = queryName(data, row);
    readOut.titleLines = QStringList {readOut.title};
    if (cell) {
        readOut.title += Words::tr(" reads %1").arg(keyName(data, cell->key));
        readOut.titleLines += readOut.title.mid(readOut.titleLines.first().size() + 1);
        readOut.lines.push_back(
            line(Words::tr("weight"), data, formatProbability(weightOf(data.baseline, *cell)),
                formatProbability(weightOf(singleSide(data), *cell))));
        if (data.quantity != HeadMapQuantity::Weight)
            readOut.lines.push_back(line(quantityName(data.quantity), data,
                quantityText(data, data.baseline, *cell), quantityText(data, singleSide(data), *cell)));
    }
    addRowLines(readOut, data, row);
    if (cell) // last: a low map leaves it out before the row's figures, which the slider turns
        readOut.lines.push_back(line(Words::tr("rank in row"), data, rankText(data.baseline, *cell),
            rankText(singleSide(data), *cell)));
    if (hasNoDifference(data)) {
        readOut.title = Words::tr("no difference; %1").arg(readOut.title);
        readOut.titleLines.first() = Words::tr("no difference; %1").arg(readOut.titleLines.first());
    }
    return readOut;
}

QStringList headMapCellLines(const HeadMapData &data, HeadMapCell cell)
{
    if (cell.key > cell.query)
        return {maskedInWords(data.unit, cell)};
    QStringList lines {makeReadOut(data, cell, cell.query).title};
    const bool isBaseline = data.mode == HeadMapMode::Baseline;
    const HeadSide &side = isBaseline ? data.baseline : singleSide(data);
    const float weight = weightOf(side, cell);
    if (std::isnan(weight))
        return lines << Words::tr("not captured");
    lines += Words::tr("weight %1, %2").arg(formatPrecise(weight), formatPercent(weight));
    if (data.hasEdit && isBaseline) // the side in view first, the other one named
        lines.last() += Words::tr(", edited %1").arg(formatPrecise(weightOf(data.edited, cell)));
    else if (data.hasEdit)
        lines.last() += Words::tr(", baseline %1").arg(formatPrecise(weightOf(data.baseline, cell)));
    lines.last() += Words::tr(", rank %1").arg(rankText(side, cell));
    if (!data.pictured.isEmpty())
        lines.last() += Words::tr(", %1").arg(data.pictured);
    if (data.quantity != HeadMapQuantity::Weight)
        lines += QStringLiteral("%1 %2").arg(quantityName(data.quantity), quantityText(data, side, cell));
    const auto figures = rowFigures(side, cell.query);
    if (figures && !data.hasEntropies)
        lines += Words::tr("row: attention to key 0 %1").arg(formatProbability(figures->sinkMass));
    else if (figures)
        lines += inEntropyWords(Words::tr("row: attention to key 0 %1, entropy %2 nats"))
                     .arg(formatProbability(figures->sinkMass), formatEntropy(figures->entropy));
    return lines;
}

QString headMapCellInWords(const HeadMapData &data, HeadMapCell cell)
{
    QStringList lines = headMapCellLines(data, cell);
    const QString title = lines.takeFirst();
    return lines.isEmpty() ? title : title + QStringLiteral(": ") + lines.join(QStringLiteral(", "));
}

QString maskedInWords(HeadMapUnit unit, HeadMapCell cell)
{
    if (unit != HeadMapUnit::Tokens)
        return Words::tr("masked: %1 %2 comes later than %1 %3")
            .arg(unitName(unit))
            .arg(cell.key)
            .arg(cell.query);
    return Words::tr("masked: key %1 comes later than query %2").arg(cell.key).arg(cell.query);
}

QString keyZeroBarTitle(const HeadMapData &data, BarTitleForm form)
{
    const QString parting = form == BarTitleForm::TwoLines ? QStringLiteral(",\n") : QStringLiteral(", ");
    const QString kind =
        data.mode == HeadMapMode::Difference ? Words::tr("change, linear") : Words::tr("linear");
    const QString name = quantityName(data.quantity);
    if (!name.isEmpty() && kind != Words::tr("linear"))
        return name + parting + Words::tr("key 0, change");
    return name.isEmpty() ? Words::tr("key 0") + parting + kind : name + parting + Words::tr("key 0, linear");
}

namespace {

/// "keys 1–31", "words 1–20", "key 0".
QString keysInWords(HeadMapUnit unit, int first, int last)
{
    const bool isOne = last == first;
    QString words;
    if (unit == HeadMapUnit::Tokens)
        words = isOne ? Words::tr("key %1") : Words::tr("keys %1–%2");
    else if (unit == HeadMapUnit::Words)
        words = isOne ? Words::tr("word %1") : Words::tr("words %1–%2");
    else
        words = isOne ? Words::tr("line %1") : Words::tr("lines %1–%2");
    return isOne ? words.arg(first) : words.arg(first).arg(last);
}

} // namespace

QString restBarTitle(const HeadMapData &data, BarTitleForm form)
{
    const QString parting = form == BarTitleForm::TwoLines ? QStringLiteral(",\n") : QStringLiteral(", ");
    const int first = data.keyZero == KeyZeroPlace::Apart ? 1 : 0;
    const int last = data.tokenCount() - 1;
    const QString keys = keysInWords(data.unit, std::min(first, last), last);
    QString kind = data.form == HeadMapScaleForm::Log ? Words::tr("log") : Words::tr("linear");
    if (data.mode == HeadMapMode::Difference)
        kind = form == BarTitleForm::TwoLines ? Words::tr("change") : Words::tr("change, linear");
    const QString name = quantityName(data.quantity);
    if (!name.isEmpty()) // always of this head
        return name + parting + keys + QStringLiteral(", ") + kind;
    const QString range = !data.pictured.isEmpty() ? data.pictured
        : data.range == HeadMapRange::AllHeads     ? Words::tr("all heads")
        : data.range == HeadMapRange::BothSides    ? Words::tr("same in A and B")
                                                   : Words::tr("this head");
    return keys + parting + kind + QStringLiteral(", ") + range;
}

} // namespace sinkscope::ui
