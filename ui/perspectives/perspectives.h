// SPDX-License-Identifier: Apache-2.0
// The perspectives of the window: what each is called, and what stands in the centre. The docks are the same
// in all of them.
#pragma once

#include "ui/perspectives/explore.h"

#include <QtWidgets/QActionGroup>
#include <QtWidgets/QStackedWidget>

#include <functional>
#include <vector>

namespace sinkscope::ui {

class ComparePanel;
class HeadGridPanel;

/// The pages of the centre, of which one is current, as the selection says. One more perspective is one more
/// entry of makeEntries() in the .cpp. Owner: the window. Threads: GUI thread.
class Perspectives : public QStackedWidget {
    Q_OBJECT

public:
    /// Takes what Explore has in the centre, and remembers the choice in the settings.
    Perspectives(Explore &explore, Workbench &bench, QWidget *parent);

    void setTheme(const Theme &theme);
    void setPictureBudget(std::size_t bytes);
    QStringList names() const; ///< in the order of the tabs
    /// One to choose each perspective, with its key; exclusive.
    QList<QAction *> actions() const { return m_actions->actions(); }
    /// The view of the current one that the keys act on.
    QWidget *keyView() const;
    /// Views in which Space acts on the selection, beside those of Explore.
    QList<QWidget *> keyViews() const;
    /// What the current one points at, in a sentence.
    QString words() const;

Q_SIGNALS:
    void wordsChanged();

private:
    struct Entry {
        const char *name; ///< in settings, sessions and object names
        QString title; ///< with the letter of its menu entry
        QString toolTip;
        QWidget *centre;
        QWidget *view; ///< that the keys act on
        std::function<QString()> words;
    };
    std::vector<Entry> makeEntries();
    HeadGridPanel *makeHeadGrid();
    ComparePanel *makeCompare();
    void addAction(const Entry &entry);
    void show(const QString &name);
    void placeInTabOrder(QWidget &panel);

    Workbench &m_bench;
    Explore &m_explore;
    HeadGridPanel *m_headGrid;
    ComparePanel *m_compare;
    std::vector<Entry> m_entries;
    QActionGroup *m_actions;
};

} // namespace sinkscope::ui
