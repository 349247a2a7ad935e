using Undercroft.Servers;

[assembly: AssemblyFixture(typeof(SharedPostgres))]
