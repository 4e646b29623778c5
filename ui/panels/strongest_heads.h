// SPDX-License-Identifier: Apache-2.0
// The ten heads that are predicted to move the output most, as a menu that selects them.
#pragma once

#include "ui/state/workbench.h"
#include "ui/theme/theme.h"

#include <QtWidgets/QMenu>
#include <QtWidgets/QToolButton>

namespace sinkscope::ui {

/// A button that opens the list. Owner: its parent. Threads: GUI thread.
class StrongestHeads : public QToolButton {
    Q_OBJECT

public:
    explicit StrongestHeads(Workbench &bench, QWidget *parent = nullptr);

    /// The list is on screen.
    bool isOpen() const { return m_isOpen; }
    /// What the list is about: the effect the map shows, else the main one.
    Effect effect() const;

    static constexpr std::size_t kListed = 10;

Q_SIGNALS:
    void openChanged();

private:
    void open();
    void noteClosed();
    void fill();
    QString waitingText() const;
    QAction *addRemark(const QString &text);
    void addHead(std::size_t rank, HeadRef head, float derivative);

    Workbench &m_bench;
    QMenu *m_menu;
    QAction *m_waiting = nullptr; ///< of the menu: what is being computed
    bool m_isOpen = false;
};

/// The effect a measure of the map shows; nothing for the others.
std::optional<Effect> effectOf(HeadMeasure measure);

} // namespace sinkscope::ui
