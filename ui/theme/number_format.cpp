// SPDX-License-Identifier: Apache-2.0
// Numbers and tokens as text.
#include "ui/theme/number_format.h"

#include "ui/theme/entropy_unit.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

constexpr QChar kRaisedDot(0x00B7);
constexpr QChar kReturnArrow(0x21B5);
constexpr QChar kTabArrow(0x21E5);
constexpr QChar kDash(0x2014);
constexpr QChar kInfinity(0x221E);
constexpr QChar kEmptySet(0x2205);
constexpr QChar kPlusMinus(0x00B1);
constexpr QChar kDottedCircle(0x25CC); ///< carries a mark without a letter
constexpr QChar kSuperscriptMinus(0x207B);

QString withTrueMinus(QString text)
{
    return text.replace(QLatin1Char('-'), kMinus);
}

// `digits` after the point and a power of ten: "1.2·10⁻⁶".
QString withPowerOfTen(double value, int digits)
{
    const QString text = QString::number(value, 'e', digits);
    const int split = text.indexOf(QLatin1Char('e'));
    return withTrueMinus(text.left(split)) + kRaisedDot + formatPowerOfTen(text.mid(split + 1).toInt());
}

bool roundsToZero(double value, int decimals)
{
    return std::abs(value) < 0.5 * std::pow(10.0, -decimals);
}

// What is neither finite nor a number, or an empty string.
QString unusual(double value)
{
    if (std::isnan(value))
        return kDash;
    if (std::isinf(value))
        return value < 0 ? QString(kMinus) + kInfinity : QString(kInfinity);
    return QString();
}

QString withoutTrailingZeros(QString text)
{
    if (!text.contains(QLatin1Char('.')) || text.contains(QLatin1Char('e')))
        return text;
    while (text.endsWith(QLatin1Char('0')))
        text.chop(1);
    if (text.endsWith(QLatin1Char('.')))
        text.chop(1);
    return text;
}

bool isInvisible(const QChar character)
{
    const ushort code = character.unicode();
    const auto isWithin = [code](ushort first, ushort last) { return code >= first && code <= last; };
    return code < 0x20 || isWithin(0x7F, 0xA0) || code == 0xAD || code == 0x1680 // controls, hard spaces
        || isWithin(0x2000, 0x200B) || code == 0x202F || code == 0x205F || code == 0x3000 // spaces of a width
        || code == 0x200E || code == 0x200F || isWithin(0x2028, 0x202E) // ends of lines, directions
        || isWithin(0x2060, 0x206F) || code == 0xFEFF;
}

// What joins or varies its neighbours: part of a character, except where it stands alone.
bool isJoiner(const QChar character)
{
    const ushort code = character.unicode();
    return code == 0x200C || code == 0x200D || (code >= 0xFE00 && code <= 0xFE0F);
}

bool isMark(const QChar character)
{
    return character.category() == QChar::Mark_NonSpacing || character.category() == QChar::Mark_Enclosing;
}

QString hexOf(const QChar character)
{
    const ushort code = character.unicode();
    if (code > 0xFF)
        return QStringLiteral("\\u%1")
            .arg(code, 4, 16, QLatin1Char('0'))
            .toUpper()
            .replace(1, 1, QLatin1Char('u'));
    return QStringLiteral("\\x") + QStringLiteral("%1").arg(code, 2, 16, QLatin1Char('0')).toUpper();
}

enum class Spaces { Leading, All };

QString shownText(const QString &text, Spaces spaces)
{
    QString shown;
    bool isLeading = true;
    for (const QChar character : text) {
        const bool isSpace = character == QLatin1Char(' ');
        const bool isFirst = isLeading && !isSpace; // nothing that it could belong to
        isLeading =
            isLeading && (isSpace || character == QLatin1Char('\n') || character == QLatin1Char('\t'));
        if (isSpace)
            shown += spaces == Spaces::All || isLeading ? kRaisedDot : character;
        else if (character == QLatin1Char('\n'))
            shown += kReturnArrow;
        else if (character == QLatin1Char('\t'))
            shown += kTabArrow;
        else if (isInvisible(character) || (isFirst && isJoiner(character)))
            shown += hexOf(character);
        else if (isFirst && isMark(character))
            shown += QString(kDottedCircle) + character;
        else
            shown += character;
    }
    return shown;
}

} // namespace

QString formatFixed(double value, int decimals)
{
    if (QString text = unusual(value); !text.isEmpty())
        return text;
    return withTrueMinus(QString::number(roundsToZero(value, decimals) ? 0.0 : value, 'f', decimals));
}

QString formatProbability(double value)
{
    // Four decimals would leave too few digits; 9.996e-4 and more is "0.0010" when rounded to three.
    if (value > 0.0 && value < 9.995e-4)
        return withPowerOfTen(value, 2);
    return formatFixed(value, 4);
}

QString formatEntropy(double nats)
{
    return formatFixed(inEntropyUnit(nats), 3);
}

QString formatFactor(double gamma)
{
    if (gamma == 0.0)
        return QStringLiteral("off");
    // The border is decided on the rounded number, so that 9.999 is "10.0" and not "10.00".
    if (std::round(gamma * 100.0) >= 1000.0)
        return formatFixed(gamma, 1);
    return formatFixed(gamma, std::round(gamma * 1000.0) >= 100.0 ? 2 : 3);
}

QString formatLnFactor(double gamma)
{
    const double value = std::log(gamma);
    if (QString text = unusual(value); !text.isEmpty())
        return text;
    return roundsToZero(value, 3) ? formatFixed(0.0, 3) : formatChange(value, 3);
}

QString formatFigure(double value, int decimals)
{
    return value != 0.0 && roundsToZero(value, decimals) ? withPowerOfTen(value, 1)
                                                         : formatFixed(value, decimals);
}

QString formatChange(double value, int decimals)
{
    if (value == 0.0)
        return kPlusMinus + QString::number(0.0, 'f', decimals);
    const QString text = formatFigure(value, decimals);
    return value > 0 ? QLatin1Char('+') + text : text;
}

QString formatPrecise(double value)
{
    if (QString text = unusual(value); !text.isEmpty())
        return text;
    if (value == 0.0)
        return QStringLiteral("0");
    const double size = std::abs(value);
    if (size < 1e-4 || size >= 1e6)
        return withPowerOfTen(value, 3);
    const int decimals = std::max(4, 3 - int(std::floor(std::log10(size))));
    return withTrueMinus(QString::number(value, 'f', decimals));
}

QString formatPercent(double share)
{
    if (QString text = unusual(share); !text.isEmpty())
        return text;
    const double percent = share * 100.0;
    const double size = std::abs(percent);
    const int decimals = size >= 99.995 ? 1 : size >= 0.01 || size == 0.0 ? 2 : 4;
    return formatFixed(percent, decimals) + QStringLiteral(" %");
}

QString formatMilliseconds(double ms)
{
    if (QString text = unusual(ms); !text.isEmpty())
        return text;
    if (ms >= 999.5)
        return QStringLiteral("%1 s").arg(QString::number(ms / 1000.0, 'f', ms >= 9995.0 ? 0 : 1));
    return QStringLiteral("%1 ms").arg(QString::number(ms, 'f', ms >= 9.95 ? 0 : 1));
}

QString formatBytes(std::uint64_t bytes)
{
    static const QString kUnits[] = {QStringLiteral("B"), QStringLiteral("KiB"), QStringLiteral("MiB"),
        QStringLiteral("GiB"), QStringLiteral("TiB")};
    double amount = double(bytes);
    std::size_t unit = 0;
    // Decided on the rounded number: 1023.96 MiB is 1 GiB, not 1024 MiB.
    for (; unit + 1 < std::size(kUnits) && amount >= 1023.5; ++unit)
        amount /= 1024.0;
    const int decimals = amount >= 99.95 ? 0 : 1;
    return withoutTrailingZeros(QString::number(amount, 'f', decimals)) + QLatin1Char(' ') + kUnits[unit];
}

QString formatPowerOfTen(int exponent)
{
    static const QString kSuperscripts = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString power;
    for (const QChar digit : QString::number(exponent))
        power += digit == QLatin1Char('-') ? kSuperscriptMinus : kSuperscripts.at(digit.digitValue());
    return QStringLiteral("10") + power;
}

QString formatTick(double value)
{
    if (QString text = unusual(value); !text.isEmpty())
        return text;
    if (value == 0.0)
        return QStringLiteral("0");
    const double size = std::abs(value);
    if (size < 1e-4)
        return withPowerOfTen(value, 1).replace(QStringLiteral(".0·"), QStringLiteral("·"));
    const int decimals = std::clamp(2 - int(std::floor(std::log10(size))), 0, 7);
    return withTrueMinus(withoutTrailingZeros(QString::number(value, 'f', decimals)));
}

QString visibleToken(std::string_view piece)
{
    const QString text = QString::fromUtf8(piece.data(), int(piece.size()));
    if (text.isEmpty())
        return kEmptySet;
    return shownText(text, Spaces::Leading);
}

QString visibleText(const QString &text)
{
    return shownText(text, Spaces::All);
}

bool endsLine(std::string_view piece)
{
    return !piece.empty() && piece.back() == '\n';
}

} // namespace sinkscope::ui
