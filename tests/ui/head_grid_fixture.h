// SPDX-License-Identifier: Apache-2.0
// A window on a tiny model of 9 layers and 4 heads with the heads side by side.
#pragma once

#include "tests/support/tiny_model.h"
#include "tests/ui/ui_driver.h"
#include "ui/panels/head_grid_panel.h"

#include <QComboBox>

#include <gtest/gtest.h>

namespace sinkscope::test {

using namespace sinkscope::ui;

inline constexpr int kLayers = 9;
inline constexpr int kHeads = 4;

inline HeadRef at(int layer, int head)
{
    return {LayerIndex(layer), HeadIndex(head)};
}

inline std::string gridModel()
{
    TinyModelOptions options;
    options.layers = kLayers;
    return writeTinyModel(options);
}

/// More tokens than a thumbnail has px.
inline SessionValue longSession()
{
    SessionValue session = UiDriver::shortSession();
    session.prompt.text.clear();
    for (int word = 0; word < 60; ++word)
        session.prompt.text += word % 3 == 0 ? "the cat, " : word % 3 == 1 ? "a mat; " : "xyz ";
    return session;
}

class HeadGrid9x4 : public testing::Test {
protected:
    void SetUp() override
    {
        driver.window->activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(driver.window.get()));
        pressCtrl(Qt::Key_2);
        ASSERT_TRUE(waitPictures());
    }
    HeadGridView &grid() { return driver.find<HeadGridView>("headGrid"); }
    void pressCtrl(Qt::Key key)
    {
        QTest::keyClick(driver.window.get(), key, Qt::ControlModifier);
        settle();
    }
    bool waitPictures()
    {
        return QTest::qWaitFor([this] { return grid().isComplete(); }, UiDriver::kPatienceMs);
    }
    void click(int layer, int head, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::mouseClick(grid().viewport(), Qt::LeftButton, modifiers, grid().viewportPoint({layer, head}));
    }
    void drawBox(HeatmapCell from, HeatmapCell to)
    {
        QWidget *area = grid().viewport();
        const QPoint end = grid().viewportPoint(to);
        QTest::mousePress(area, Qt::LeftButton, Qt::NoModifier, grid().viewportPoint(from));
        QMouseEvent move(QEvent::MouseMove, end, Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(area, &move);
        QTest::mouseRelease(area, Qt::LeftButton, Qt::NoModifier, end);
    }
    void choose(const char *box, int index)
    {
        auto &choice = driver.find<QComboBox>(box);
        choice.setCurrentIndex(index);
        Q_EMIT choice.activated(index);
        settle();
    }
    QImage picture() { return grid().viewport()->grab().toImage(); }
    const LayerRecord &record(int layer)
    {
        return *driver.state().baseline()->pass->layers[std::size_t(layer)];
    }

    UiDriver driver {QString::fromStdString(gridModel()), longSession()};
};

} // namespace sinkscope::test
