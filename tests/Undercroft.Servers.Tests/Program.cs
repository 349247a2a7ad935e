using Xunit.MicrosoftTestingPlatform;

namespace Undercroft.Servers.Tests;

/// <summary>Runs the tests, or what a test has started this program for.</summary>
internal static class Program
{
    /// <summary>Has the program start both servers and wait to be killed.</summary>
    public const string ChildArgument = "child-of-a-test";

    public static async Task<int> Main(string[] args) => args is [ChildArgument]
        ? await GuardTests.RunChildAsync()
        : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
