// SPDX-License-Identifier: Apache-2.0
// What every panel of the window is: a widget that joins views to the state and takes a theme.
#pragma once

#include "ui/state/app_state.h"
#include "ui/theme/theme.h"
#include "ui/theme/view_states.h"

#include <QtCore/QStringList>
#include <QtWidgets/QButtonGroup>
#include <QtWidgets/QComboBox>
#include <QtWidgets/QLabel>
#include <QtWidgets/QWidget>

#include <vector>

class QHBoxLayout;

namespace sinkscope::ui {

/// Base of panels. Owner: its dock or the centre. Threads: GUI thread.
class Panel : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;
    virtual void setTheme(const Theme &theme) = 0;
};

/// Names of a control: object name for tests, accessible name and tool tip for people.
void nameControl(
    QWidget *control, const char *objectName, const QString &accessibleName, const QString &toolTip);

/// The wheel over `box` scrolls what lies behind it and chooses nothing: a choice is a click or a key. A
/// click leaves the focus where it was.
void leaveWheel(QComboBox *box);

/// As wide as its longest choice where there is room, cut with an ellipsis where there is not. Owner: its
/// parent. Threads: GUI thread.
class ShrinkingBox : public QComboBox {
    Q_OBJECT

public:
    using QComboBox::QComboBox;
    QSize minimumSizeHint() const override;
};

/// One line of text that is cut with an ellipsis where it does not fit; the tool tip has all of it.
/// Owner: its parent. Threads: GUI thread.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget *parent = nullptr);

    void setWholeText(const QString &text);
    QString wholeText() const { return m_whole; }

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;

private:
    void elide();

    QString m_whole;
};

/// A row of joined, exclusive buttons. Owner: its parent. Threads: GUI thread.
class SegmentRow : public QWidget {
    Q_OBJECT

public:
    struct Segment {
        const char *objectName;
        QString text;
        QString toolTip;
    };
    explicit SegmentRow(const QList<Segment> &segments, QWidget *parent = nullptr);

    void setCurrent(int index); ///< emits nothing
    int current() const { return m_group.checkedId(); }
    void setText(int index, const QString &text) { setTexts(index, text, text); }
    /// `shorter` stands where there is no room for the whole texts of all segments.
    void setTexts(int index, const QString &text, const QString &shorter);
    void enableSegment(int index, const QString &toolTip);
    void disableSegment(int index, const QString &reason); ///< shown as the tool tip
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(int index); ///< by the person

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Texts {
        QString whole;
        QString shorter;
    };
    int widthWith(QString Texts::*form) const;
    void fit();

    QButtonGroup m_group;
    std::vector<Texts> m_texts;
};

/// The head of a section, 32 px: bold title, a quiet remark, controls at the right, and a thin bar at the
/// upper edge while values are older than the slider. Owner: its parent. Threads: GUI thread.
class PanelTitle : public QWidget {
    Q_OBJECT

public:
    explicit PanelTitle(const QString &title, QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    void setTitle(const QString &title);
    void setRemark(const QString &remark); ///< cut with an ellipsis where it does not fit
    QString title() const { return m_title->text(); }
    QString remark() const { return m_remarkText; }
    void addControl(QWidget *control);
    /// One that is left out where the remark would be cut.
    void addYieldingControl(QWidget *control);
    void hideControls(); ///< for a figure, where nothing can be pressed
    int leastWidth() const; ///< px for title and controls, without the one that yields
    void setActivity(Activity activity);
    QSize minimumSizeHint() const override; ///< leastWidth: nothing yields where there is room

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void elide();
    void makeRoom(); ///< shows or hides m_yielding

    QHBoxLayout *m_row;
    QLabel *m_title;
    QLabel *m_remark;
    QWidget *m_yielding = nullptr;
    QString m_remarkText;
    QColor m_accent;
    Activity m_activity = Activity::Idle;
};

/// A count with a comma every three digits: 2,401.
QString formatCount(std::size_t count);

/// The icon `:/icons/<name>.svg` in `colour` (for a light or a dark window), and paler when disabled.
QIcon tintedIcon(const QString &name, const QColor &colour, const QColor &disabledColour);

} // namespace sinkscope::ui
