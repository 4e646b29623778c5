// SPDX-License-Identifier: Apache-2.0
// Colours against the design's table (window.md sections 5 and 6), contrast against WCAG 2.1.
#include "ui/theme/colour_maps.h"
#include "ui/theme/palette.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace sinkscope::ui {
namespace {

QRgb hex(const char *digits)
{
    return QColor(QLatin1Char('#') + QString::fromLatin1(digits)).rgb();
}

// Stops evenly spread: each must be met at its place, within one step of the lookup's rounding.
void expectStops(const ColourMap &map, const std::vector<const char *> &stops)
{
    for (std::size_t stop = 0; stop < stops.size(); ++stop) {
        const double share = double(stop) / double(stops.size() - 1);
        const QColor expected = QColor::fromRgb(hex(stops[stop]));
        const QColor shown = map.colour(share);
        // A lookup of 256 is off by at most half an entry from a stop: under 2 of 255 for these maps.
        EXPECT_NEAR(shown.red(), expected.red(), 2) << stops[stop];
        EXPECT_NEAR(shown.green(), expected.green(), 2) << stops[stop];
        EXPECT_NEAR(shown.blue(), expected.blue(), 2) << stops[stop];
    }
    EXPECT_EQ(map.rgb(0.0), hex(stops.front()));
    EXPECT_EQ(map.rgb(1.0), hex(stops.back()));
}

TEST(ColourMaps, ViridisHasTheStopsOfTheDesign)
{
    expectStops(sequentialMap(SequentialMap::Viridis),
        {"440154", "482878", "3E4A89", "31688E", "26828E", "1F9E89", "35B779", "6DCD59", "B4DE2C", "FDE725"});
}

TEST(ColourMaps, SinkRampHasTheStopsOfTheDesign)
{
    expectStops(sinkRamp(ThemeMode::Light), {"EDF3FC", "BBD2F4", "7FA9E6", "3F79D1", "1357BE", "0A2F73"});
    expectStops(sinkRamp(ThemeMode::Dark), {"20262F", "29405F", "35619B", "4C86D6", "72ABFF", "B7D4FF"});
}

TEST(ColourMaps, DivergingMapHasTheStopsOfTheDesign)
{
    expectStops(divergingMap(ThemeMode::Light),
        {"4B1F82", "7A68AE", "B5ADD3", "FBFBFB", "F6BE78", "D97A0E", "9A4803"});
    expectStops(divergingMap(ThemeMode::Dark),
        {"CDBDF7", "9A86D6", "655699", "1C1E21", "9C6420", "DE8B2C", "FFC684"});
}

TEST(ColourMaps, SequentialMapsGetSteadilyLighter)
{
    for (const SequentialMap choice :
        {SequentialMap::Viridis, SequentialMap::Magma, SequentialMap::Cividis, SequentialMap::Grey}) {
        const ColourMap map = sequentialMap(choice);
        double former = -1.0;
        for (int entry = 0; entry <= 255; ++entry) {
            const QColor colour = map.colour(entry / 255.0);
            const double luma = 0.2126 * colour.redF() + 0.7152 * colour.greenF() + 0.0722 * colour.blueF();
            // Rounding to 8 bits may hold the luma back by one step of 255.
            EXPECT_GE(luma, former - 1.0 / 255.0) << "map " << int(choice) << " entry " << entry;
            former = std::max(former, luma);
        }
    }
}

TEST(ColourMaps, IndexIsClampedAndTakesNaNForTheFirst)
{
    EXPECT_EQ(ColourMap::index(-3.0), 0);
    EXPECT_EQ(ColourMap::index(7.0), 255);
    EXPECT_EQ(ColourMap::index(std::numeric_limits<double>::quiet_NaN()), 0);
    EXPECT_EQ(ColourMap::index(0.5), 128);
}

TEST(ColourMaps, DimmedLeavesTheShareOverTheGround)
{
    const ColourMap map({0xFF000000, 0xFFFFFFFF});
    const ColourMap dimmed = map.dimmed(QColor(255, 255, 255), 0.64);
    EXPECT_EQ(dimmed.colour(0.0), QColor(92, 92, 92)); // 0.36 * 255 = 91.8
    EXPECT_EQ(dimmed.colour(1.0), QColor(255, 255, 255));
}

struct ContrastRow {
    const char *role;
    QColor colour;
    double onWindow;
    double onCanvas;
};

void expectContrasts(ThemeMode mode, const std::vector<ContrastRow> &rows)
{
    const ThemeColours colours = themeColours(mode);
    for (const ContrastRow &row : rows) {
        // The table has one decimal, here and there rounded up.
        EXPECT_NEAR(contrastRatio(row.colour, colours.window), row.onWindow, 0.06) << row.role;
        EXPECT_NEAR(contrastRatio(row.colour, colours.canvas), row.onCanvas, 0.06) << row.role;
    }
}

TEST(Palette, ContrastRatiosAreThoseOfTheDesign)
{
    const ThemeColours light = themeColours(ThemeMode::Light);
    expectContrasts(ThemeMode::Light,
        {{"text", light.text, 15.2, 16.9}, {"secondary", light.secondaryText, 6.1, 6.8},
            {"accent", light.accent, 6.0, 6.7}, {"warning", light.warning, 5.8, 6.5},
            {"error", light.error, 5.9, 6.5}, {"track", light.track, 3.4, 3.7}});
    const ThemeColours dark = themeColours(ThemeMode::Dark);
    expectContrasts(ThemeMode::Dark,
        {{"text", dark.text, 11.9, 13.6}, {"secondary", dark.secondaryText, 6.6, 7.6},
            {"accent", dark.accent, 6.3, 7.2}, {"warning", dark.warning, 7.7, 8.8},
            {"error", dark.error, 6.4, 7.3}, {"track", dark.track, 4.8, 5.5}});
}

TEST(Palette, EveryTextRoleReachesContrastOnEveryGround)
{
    for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
        const ThemeColours colours = themeColours(mode);
        for (const QColor &ground :
            {colours.window, colours.canvas, colours.base, colours.alternateRow, colours.masked}) {
            for (const QColor &ink : {colours.text, colours.secondaryText, colours.accent, colours.warning,
                     colours.error, colours.success})
                EXPECT_GE(contrastRatio(ink, ground), 4.5)
                    << ink.name().toStdString() << " on " << ground.name().toStdString();
        }
        EXPECT_GE(contrastRatio(colours.dimmedText, colours.window), 4.5);
        EXPECT_GE(contrastRatio(colours.textOnAccent, colours.accent), 4.5);
        for (const QColor &ink : {colours.text, colours.secondaryText, colours.accent})
            EXPECT_GE(contrastRatio(ink, colours.selection), 4.5);
        // Marks are shapes, not text: 3 is asked for (WCAG 1.4.11).
        EXPECT_GE(contrastRatio(colours.more, colours.window), 3.0);
        EXPECT_GE(contrastRatio(colours.less, colours.window), 3.0);
    }
}

TEST(Palette, ContrastOfBlackOnWhiteIsTwentyOne)
{
    EXPECT_NEAR(contrastRatio(QColor(Qt::black), QColor(Qt::white)), 21.0, 1e-9);
    EXPECT_NEAR(contrastRatio(QColor(Qt::white), QColor(Qt::white)), 1.0, 1e-9);
}

TEST(Palette, PaletteShowsTheRoles)
{
    const ThemeColours colours = themeColours(ThemeMode::Dark);
    const QPalette palette = makePalette(colours);
    EXPECT_EQ(palette.color(QPalette::Window), colours.window);
    EXPECT_EQ(palette.color(QPalette::Text), colours.text);
    EXPECT_EQ(palette.color(QPalette::Highlight), colours.selection);
    EXPECT_EQ(palette.color(QPalette::Disabled, QPalette::Text), colours.disabledText);
}

} // namespace
} // namespace sinkscope::ui
