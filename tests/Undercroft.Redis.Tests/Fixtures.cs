using Undercroft.Servers;

[assembly: AssemblyFixture(typeof(SharedRedis))]
