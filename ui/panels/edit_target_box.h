// SPDX-License-Identifier: Apache-2.0
// The advanced part of the factor panel: kind, keys and query rows of what the slider turns.
#pragma once

#include "ui/state/edit_target.h"
#include "ui/theme/theme.h"

#include <QtWidgets/QWidget>

#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;

namespace sinkscope::ui {

/// Owner: the factor panel. Threads: GUI thread.
class EditTargetBox : public QWidget {
    Q_OBJECT

public:
    explicit EditTargetBox(QWidget *parent = nullptr);

    void setTheme(const Theme &theme);
    /// Shows `target`; emits nothing.
    void setTarget(const EditTarget &target);
    /// A remark below, and in its place what was refused; empty: none.
    void setNote(const QString &note);
    void setRefusal(const QString &sentence);
    /// What is written in a field cannot be read: the target is still the former one.
    bool isUnreadable() const { return m_isUnreadable; }

Q_SIGNALS:
    void chosen(const sinkscope::ui::EditTarget &target);
    void readabilityChanged(); ///< isUnreadable()

private:
    /// A menu and, for choices that need one, a field beside it.
    struct Choice {
        QComboBox *menu;
        QLineEdit *field;
    };
    Choice makeChoice(
        const char *menuName, const char *fieldName, const QString &name, const QString &toolTip);
    void connectChoices();
    void takeKeys();
    void takeQueries();
    void take(const EditTarget &target);
    void refuse(const QString &sentence); ///< what was written
    enum class Writing { Readable, Unreadable };
    void setWriting(Writing writing);
    void showNote();
    static void showField(const Choice &choice, const QString &text);

    EditTarget m_target;
    QComboBox *m_kind;
    Choice m_keys;
    Choice m_queries;
    QLabel *m_noteLabel;
    std::vector<QLabel *> m_labels;
    QString m_note;
    QString m_refusal;
    bool m_isUnreadable = false;
    ThemeColours m_colours;
};

} // namespace sinkscope::ui
