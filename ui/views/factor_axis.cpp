// SPDX-License-Identifier: Apache-2.0
// Implements the axis of factors: mapping to px, steps, and the reading of typed numbers.
#include "ui/views/factor_axis.h"

#include "ui/theme/number_format.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {
namespace {

constexpr double kSnapPx = 6.0;
constexpr double kSnapShare = 0.03; // of the axis, at most: a short one has factors near 1 as well
// Places of the design for a dock with its 16 px margins: value labels, off stop, gap, axis.
constexpr int kPanelOffX = 62;
constexpr int kPanelLowX = 92;
constexpr int kPanelRightMargin = 16;
constexpr int kSmallOffX = 6;
constexpr int kSmallLowX = 18;
constexpr int kSmallRightMargin = 6;

struct Texts {
    Q_DECLARE_TR_FUNCTIONS(FactorAxis)
};

double decades()
{
    return std::log10(kHighestFactor / kLowestFactor);
}

double stepsPerDecade(StepSize size)
{
    switch (size) {
    case StepSize::Coarse:
        return 4.0;
    case StepSize::Normal:
        return 40.0;
    case StepSize::Fine:
        break;
    }
    return 200.0;
}

ParsedFactor refused(const QString &message)
{
    return {std::nullopt, message};
}

ParsedFactor expected()
{
    return refused(Texts::tr("Write 2.5, off, ln 0.9, /2 or *2."));
}

ParsedFactor outsideAxis()
{
    return refused(Texts::tr("Factors run from 0.01 to 100, or off."));
}

/// A number as the window writes it: decimal point, plain or true minus sign.
std::optional<double> number(QString text)
{
    text = text.trimmed();
    text.replace(kMinus, QLatin1Char('-'));
    bool ok = false;
    QLocale plain = QLocale::c();
    plain.setNumberOptions(QLocale::RejectGroupSeparator);
    const double value = plain.toDouble(text, &ok);
    if (!ok || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

ParsedFactor parsedRatio(const QString &text)
{
    const std::optional<double> given = number(text.mid(1));
    if (!given) {
        return expected();
    }
    if (*given <= 0) {
        return refused(Texts::tr("Multiply or divide by a number above 0."));
    }
    const double ratio = text.startsWith(QLatin1Char('/')) ? 1.0 / *given : *given;
    return {FactorEntry {FactorEntry::Kind::Ratio, ratio}, {}};
}

} // namespace

FactorAxis FactorAxis::forPanel(int width, double textScale)
{
    FactorAxis axis;
    axis.offX = std::round(kPanelOffX * textScale);
    axis.lowX = std::round(kPanelLowX * textScale);
    axis.highX = std::max(axis.lowX + 1, double(width - kPanelRightMargin));
    return axis;
}

FactorAxis FactorAxis::forSmall(int width)
{
    return {kSmallOffX, kSmallLowX, std::max(kSmallLowX + 1.0, double(width - kSmallRightMargin))};
}

double FactorAxis::xOf(double factor) const
{
    if (factor <= 0) {
        return offX;
    }
    const double share = std::log10(factor / kLowestFactor) / decades();
    return lowX + std::clamp(share, 0.0, 1.0) * (highX - lowX);
}

double FactorAxis::factorAt(double x, SnapAtOne snap) const
{
    if (x < (offX + lowX) / 2) {
        return kFactorOff;
    }
    if (snap == SnapAtOne::On && std::abs(x - xOf(1.0)) <= std::min(kSnapPx, kSnapShare * (highX - lowX))) {
        return 1.0;
    }
    const double share = std::clamp((x - lowX) / (highX - lowX), 0.0, 1.0);
    return std::clamp(kLowestFactor * std::pow(10.0, share * decades()), kLowestFactor, kHighestFactor);
}

double FactorAxis::ratioOf(double dx) const
{
    return std::pow(10.0, dx / (highX - lowX) * decades());
}

double steppedFactor(double factor, int steps, StepSize size)
{
    if (steps == 0) {
        return factor;
    }
    if (factor <= 0) {
        return steps > 0 ? steppedFactor(kLowestFactor, steps - 1, size) : kFactorOff;
    }
    const double next = factor * std::pow(10.0, steps / stepsPerDecade(size));
    // Closer than a thousandth of a fine step counts as the place itself, so that steps there and back meet.
    constexpr double kSame = 1e-5;
    const bool jumpsOverOne = (factor < 1 && next > 1) || (factor > 1 && next < 1);
    if (jumpsOverOne || std::abs(std::log(next)) < kSame) {
        return 1.0;
    }
    if (next < kLowestFactor * (1 - kSame)) {
        return factor > kLowestFactor * (1 + kSame) ? kLowestFactor : kFactorOff;
    }
    return std::clamp(next, kLowestFactor, kHighestFactor);
}

ParsedFactor parseFactor(const QString &typed)
{
    const QString text = typed.trimmed().toLower();
    if (text.contains(QLatin1Char(','))) {
        return refused(Texts::tr("Write a decimal point, not a comma: 2.5."));
    }
    if (text == QLatin1String("off") || text == Texts::tr("off")) {
        return {FactorEntry {FactorEntry::Kind::Value, kFactorOff}, {}};
    }
    if (text.startsWith(QLatin1Char('/')) || text.startsWith(QLatin1Char('*'))) {
        return parsedRatio(text);
    }
    const bool isLog = text.startsWith(QLatin1String("ln"));
    const std::optional<double> given = number(isLog ? text.mid(2) : text);
    if (!given) {
        return expected();
    }
    const double factor = isLog ? std::exp(*given) : *given;
    if (factor < 0) {
        return refused(Texts::tr("No factor is negative; the least is off."));
    }
    return resolveFactor({FactorEntry::Kind::Value, factor}, 1.0);
}

ParsedFactor resolveFactor(const FactorEntry &entry, double factor)
{
    const double value = entry.kind == FactorEntry::Kind::Ratio ? factor * entry.number : entry.number;
    // One part in a million of room, so that "/2" and "*2" can end exactly on an end of the axis.
    constexpr double kRoom = 1e-6;
    if (value == kFactorOff) {
        return {FactorEntry {FactorEntry::Kind::Value, kFactorOff}, {}};
    }
    if (!(value >= kLowestFactor * (1 - kRoom) && value <= kHighestFactor * (1 + kRoom))) {
        return outsideAxis();
    }
    return {FactorEntry {FactorEntry::Kind::Value, std::clamp(value, kLowestFactor, kHighestFactor)}, {}};
}

ParsedFactor parseOnScale(const QString &typed, AxisScale scale)
{
    if (scale == AxisScale::Factor) {
        return parseFactor(typed);
    }
    const QString text = typed.trimmed().toLower();
    if (scale == AxisScale::LnFactor && (text == QLatin1String("off") || text == Texts::tr("off"))) {
        return {FactorEntry {FactorEntry::Kind::Value, kFactorOff}, {}};
    }
    const std::optional<double> given = number(text.startsWith(QLatin1String("ln")) ? text.mid(2) : text);
    if (!given) {
        return refused(scale == AxisScale::LnFactor ? Texts::tr("Write ln γ: 1.1, −0.5 or off.")
                                                    : Texts::tr("Write a number: 1.5 or −2."));
    }
    if (scale == AxisScale::LnFactor) {
        const double most = std::log(kHighestFactor);
        return std::abs(*given) <= most * (1 + 1e-6)
            ? resolveFactor({FactorEntry::Kind::Value, std::exp(*given)}, 1.0)
            : refused(Texts::tr("ln γ runs from −4.605 to +4.605, or off."));
    }
    if (std::abs(*given) > kGreatestAdditive) {
        return refused(Texts::tr("Biases run from −10 to +10."));
    }
    return {FactorEntry {FactorEntry::Kind::Value, std::pow(kHighestFactor, *given / kGreatestAdditive)}, {}};
}

QString valueText(double place, AxisScale scale)
{
    if (scale == AxisScale::Factor || (scale == AxisScale::LnFactor && place <= 0)) {
        return formatFactor(place);
    }
    if (scale == AxisScale::LnFactor) {
        return formatLnFactor(place);
    }
    return formatChange(
        place == 1.0 ? 0.0 : kGreatestAdditive * std::log(place) / std::log(kHighestFactor), 2);
}

QString tickText(double place, AxisScale scale)
{
    switch (scale) {
    case AxisScale::Factor:
        break;
    case AxisScale::LnFactor:
        return place == 1.0 ? QStringLiteral("0") : formatFixed(std::log(place), 1);
    case AxisScale::Additive:
        return formatTick(
            place == 1.0 ? 0.0 : kGreatestAdditive * std::log(place) / std::log(kHighestFactor));
    }
    return formatTick(place);
}

} // namespace sinkscope::ui
