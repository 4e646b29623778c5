// SPDX-License-Identifier: Apache-2.0
// The colour table of the design, and the QPalette made from it.
#include "ui/theme/palette.h"

#include <algorithm>
#include <cmath>

namespace sinkscope::ui {

namespace {

ThemeColours lightColours()
{
    ThemeColours colours;
    colours.window = QColor(0xF2, 0xF3, 0xF4);
    colours.canvas = QColor(0xFF, 0xFF, 0xFF);
    colours.base = QColor(0xFF, 0xFF, 0xFF);
    colours.alternateRow = QColor(0xF7, 0xF8, 0xF9);
    colours.text = QColor(0x1A, 0x1D, 0x20);
    colours.secondaryText = QColor(0x55, 0x5C, 0x64);
    colours.accent = QColor(0x13, 0x57, 0xBE);
    colours.textOnAccent = QColor(0xFF, 0xFF, 0xFF);
    colours.warning = QColor(0x85, 0x53, 0x00);
    colours.error = QColor(0xB3, 0x26, 0x1E);
    colours.success = QColor(0x1B, 0x6E, 0x2E);
    colours.track = QColor(0x7E, 0x85, 0x8D);
    colours.dimmedText = QColor(0x68, 0x6A, 0x6C);
    colours.disabledText = QColor(0x8B, 0x92, 0x9A);
    colours.selection = QColor(0xDC, 0xE8, 0xFA);
    colours.line = QColor(0xDA, 0xDD, 0xE0);
    colours.controlBorder = QColor(0xAE, 0xB4, 0xBB);
    colours.masked = QColor(0xE4, 0xE7, 0xEA);
    colours.less = QColor(0x6A, 0x4F, 0xA0);
    colours.more = QColor(0xCC, 0x70, 0x0D);
    return colours;
}

ThemeColours darkColours()
{
    ThemeColours colours;
    colours.window = QColor(0x26, 0x29, 0x2D);
    colours.canvas = QColor(0x1C, 0x1E, 0x21);
    colours.base = QColor(0x17, 0x19, 0x1B);
    colours.alternateRow = QColor(0x20, 0x23, 0x27);
    colours.text = QColor(0xE6, 0xE8, 0xEA);
    colours.secondaryText = QColor(0xA9, 0xAF, 0xB6);
    colours.accent = QColor(0x72, 0xAB, 0xFF);
    colours.textOnAccent = QColor(0x0E, 0x1A, 0x2B);
    colours.warning = QColor(0xE5, 0xB4, 0x5A);
    colours.error = QColor(0xFF, 0x8A, 0x80);
    colours.success = QColor(0x6F, 0xCB, 0x85);
    colours.track = QColor(0x8D, 0x94, 0x9C);
    colours.dimmedText = QColor(0xA1, 0xA3, 0xA6);
    colours.disabledText = QColor(0x74, 0x7B, 0x83);
    colours.selection = QColor(0x25, 0x3A, 0x5A);
    colours.line = QColor(0x3A, 0x3E, 0x43);
    colours.controlBorder = QColor(0x5A, 0x60, 0x68);
    colours.masked = QColor(0x30, 0x34, 0x39);
    colours.less = QColor(0xAA, 0x97, 0xE0);
    colours.more = QColor(0xE3, 0x97, 0x3E);
    return colours;
}

// WCAG 2.1, "relative luminance".
double relativeLuminance(const QColor &colour)
{
    const auto linear = [](double channel) {
        return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF())
        + 0.0722 * linear(colour.blueF());
}

} // namespace

ThemeColours themeColours(ThemeMode mode)
{
    return mode == ThemeMode::Dark ? darkColours() : lightColours();
}

QPalette makePalette(const ThemeColours &colours)
{
    QPalette palette;
    palette.setColor(QPalette::Window, colours.window);
    palette.setColor(QPalette::WindowText, colours.text);
    palette.setColor(QPalette::Base, colours.base);
    palette.setColor(QPalette::AlternateBase, colours.alternateRow);
    palette.setColor(QPalette::Text, colours.text);
    palette.setColor(QPalette::PlaceholderText, colours.disabledText);
    palette.setColor(QPalette::Button, blended(colours.base, colours.window, 0.6));
    palette.setColor(QPalette::ButtonText, colours.text);
    palette.setColor(QPalette::BrightText, colours.error);
    palette.setColor(QPalette::Highlight, colours.selection);
    palette.setColor(QPalette::HighlightedText, colours.text);
    palette.setColor(QPalette::Link, colours.accent);
    palette.setColor(QPalette::LinkVisited, colours.accent);
    palette.setColor(QPalette::ToolTipBase, colours.base);
    palette.setColor(QPalette::ToolTipText, colours.text);
    palette.setColor(QPalette::Light, colours.base);
    palette.setColor(QPalette::Midlight, colours.alternateRow);
    palette.setColor(QPalette::Mid, colours.line);
    palette.setColor(QPalette::Dark, colours.controlBorder);
    palette.setColor(QPalette::Shadow, colours.controlBorder);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, colours.disabledText);
    palette.setColor(QPalette::Disabled, QPalette::Base, colours.window);
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, colours.disabledText);
    return palette;
}

QColor blended(const QColor &over, const QColor &under, double share)
{
    const auto channel = [share](int top, int bottom) {
        return std::clamp(int(std::lround(share * top + (1.0 - share) * bottom)), 0, 255);
    };
    return QColor(channel(over.red(), under.red()), channel(over.green(), under.green()),
        channel(over.blue(), under.blue()));
}

double contrastRatio(const QColor &first, const QColor &second)
{
    const double a = relativeLuminance(first);
    const double b = relativeLuminance(second);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

} // namespace sinkscope::ui
