// SPDX-License-Identifier: Apache-2.0
// Chooses the family and makes the fonts.
#include "ui/theme/type_sizes.h"

#include <QFontDatabase>
#include <QFontInfo>
#include <QFontMetricsF>

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

QFont fontOf(const QString &family, double px, bool bold)
{
    QFont font(family);
    font.setPixelSize(std::max(1, int(std::lround(px))));
    font.setBold(bold);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

} // namespace

int TypeSizes::scaled(int designPx) const
{
    return int(std::lround(designPx * scale));
}

bool hasTabularDigits(const QFont &font)
{
    const QFontMetricsF metrics(font);
    const double width = metrics.horizontalAdvance(QLatin1Char('0'));
    for (char digit = '1'; digit <= '9'; ++digit) {
        if (std::abs(metrics.horizontalAdvance(QLatin1Char(digit)) - width) > 0.01)
            return false;
    }
    return width > 0.0;
}

QString chooseUiFamily()
{
    const QFont system = QFontDatabase::systemFont(QFontDatabase::GeneralFont);
    const QString preferred = QStringLiteral("Noto Sans");
    const QString fallback = QStringLiteral("DejaVu Sans");
    // A generic name ("Sans Serif") is no choice of the user: whatever it resolves to is an accident of the
    // machine.
    const bool isChosen = QFontInfo(system).family().compare(system.family(), Qt::CaseInsensitive) == 0;
    if (isChosen && hasTabularDigits(system))
        return system.family();
    const QStringList families = QFontDatabase().families();
    for (const QString &family : {preferred, fallback}) {
        if (families.contains(family) && hasTabularDigits(QFont(family)))
            return family;
    }
    return system.family();
}

TypeSizes makeTypeSizes(double textScale)
{
    return makeTypeSizes(chooseUiFamily(), textScale);
}

TypeSizes makeTypeSizes(const QString &family, double textScale)
{
    TypeSizes sizes;
    sizes.scale = textScale;
    sizes.text = fontOf(family, 13 * textScale, false);
    sizes.title = fontOf(family, 13 * textScale, true);
    sizes.axis = fontOf(family, 11 * textScale, false);
    sizes.axisBold = fontOf(family, 11 * textScale, true);
    sizes.prompt = fontOf(family, 14 * textScale, false);
    sizes.promptBold = fontOf(family, 14 * textScale, true);
    sizes.status = fontOf(family, 12 * textScale, false);
    return sizes;
}

double userTextScale()
{
    constexpr double kUsualPointSize = 10.0;
    const double points = QFontDatabase::systemFont(QFontDatabase::GeneralFont).pointSizeF();
    // Sizes around the desktop defaults (9 to 11 pt) mean "the usual size".
    if (points <= 0.0 || (points >= 8.9 && points <= 11.1))
        return 1.0;
    return std::clamp(points / kUsualPointSize, 0.8, 2.0);
}

} // namespace sinkscope::ui
