// SPDX-License-Identifier: Apache-2.0
// Runs the tests of the window with one application object, offscreen unless a platform is chosen.
#include <QApplication>
#include <QStandardPaths>

#include <gtest/gtest.h>

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    testing::InitGoogleTest(&argc, argv);
    QStandardPaths::setTestModeEnabled(true); // nothing of the user is read or written
    QApplication application(argc, argv);
    return RUN_ALL_TESTS();
}
