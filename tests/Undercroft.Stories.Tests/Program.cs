using Xunit.MicrosoftTestingPlatform;

namespace Undercroft.Stories.Tests;

/// <summary>Runs the tests, or what a test has started this program for.</summary>
internal static class Program
{
    /// <summary>Comes before the path of a database that a child process is to keep stories in.</summary>
    public const string ChildArgument = "child-of-a-test";

    public static async Task<int> Main(string[] args) => args is [ChildArgument, var path]
        ? await LibraryProcessTests.RunChildAsync(path, Console.In, Console.Out)
        : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
}
